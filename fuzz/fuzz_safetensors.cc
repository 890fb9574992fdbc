// libFuzzer over the reader of safetensors.
#include "fuzz/properties.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  millet::fuzz::check_safetensors(std::as_bytes(std::span(data, size)));
  return 0;
}
