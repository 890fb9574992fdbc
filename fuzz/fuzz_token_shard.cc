// libFuzzer over the reader of token shards.
#include <unistd.h>

#include "fuzz/properties.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::filesystem::path path = "/dev/shm/fuzz-token-shard-" + std::to_string(getpid());
  millet::fuzz::check_token_shard({reinterpret_cast<const char*>(data), size}, path);
  return 0;
}
