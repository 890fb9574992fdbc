// report.html: one self-contained page for a run, or for a demonstration (a directory of runs with a summary.json).
#pragma once

#include <filesystem>

namespace millet::report {

// Writes <dir>/report.html anew from the files in dir and gives its path. Throws Error where dir is neither.
std::filesystem::path write_page(const std::filesystem::path& dir);

}  // namespace millet::report
