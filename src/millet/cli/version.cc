#include "millet/cli/version.h"

#include <fmt/core.h>

#include "millet/cli/commit.h"  // written by src/commit.cmake when HEAD moves

namespace millet::cli {

#if defined(__clang__)
static constexpr const char* kCompiler = "Clang " __clang_version__;
#else
static constexpr const char* kCompiler = "GCC " __VERSION__;
#endif

std::string version_text() {
  return fmt::format("millet {}\ncommit           {}\ncompiler         {}, {}\n", MILLET_VERSION, kCommit, kCompiler,
                     MILLET_BUILD_TYPE);
}

}  // namespace millet::cli
