// libFuzzer over the reader of TOML.
#include "fuzz/properties.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  millet::fuzz::check_toml({reinterpret_cast<const char*>(data), size});
  return 0;
}
