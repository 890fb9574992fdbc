// libFuzzer over the opening of gzip and zstd. A window of zstd may be 2 GiB: run it with -malloc_limit_mb=4096.
#include "fuzz/properties.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  millet::fuzz::check_archive({reinterpret_cast<const char*>(data), size});
  return 0;
}
