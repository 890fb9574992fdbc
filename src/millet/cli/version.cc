#include "millet/cli/version.h"

#include <fmt/core.h>

#include "millet/cli/commit.h"  // written by src/commit.cmake when HEAD moves
#include "millet/ops/backend.h"
#include "millet/ops/devices.h"

namespace millet::cli {

#if defined(__clang__)
static constexpr const char* kCompiler = "Clang " __clang_version__;
#else
static constexpr const char* kCompiler = "GCC " __VERSION__;
#endif

static std::string instruction_set() {
  const std::unique_ptr<Device> device = ops::make_device("cpu");
  return std::string(static_cast<const ops::Backend*>(device->operations())->instruction_set);
}

std::string version_text() {
  return fmt::format("millet {}\ncommit           {}\ncompiler         {}, {}\ninstruction set  {}\n", MILLET_VERSION,
                     kCommit, kCompiler, MILLET_BUILD_TYPE, instruction_set());
}

}  // namespace millet::cli
