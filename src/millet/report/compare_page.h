// The page of several runs side by side: each number's curves in one chart, evaluations in one table, and by which keys
// their recipes differ.
#pragma once

#include <filesystem>
#include <span>
#include <string>

namespace millet::report {

// Of at least two runs, in the order given; they are called by their directories' names. Throws Error where one is no
// run.
std::string compare_page(std::span<const std::filesystem::path> dirs);

}  // namespace millet::report
