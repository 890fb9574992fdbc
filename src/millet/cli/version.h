// What this program is: version, commit, compiler, instruction set.
#pragma once

#include <string>

namespace millet::cli {

std::string version_text();  // for `millet --version`, a fact a line

}  // namespace millet::cli
