// libFuzzer over the opening of gzip and zstd.
#include "fuzz/properties.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  millet::fuzz::check_archive({reinterpret_cast<const char*>(data), size});
  return 0;
}
