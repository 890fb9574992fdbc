// libFuzzer over the reader of JSON.
#include "fuzz/properties.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  millet::fuzz::check_json({reinterpret_cast<const char*>(data), size});
  return 0;
}
