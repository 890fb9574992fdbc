// The page of one run: its curves, what the model said on the way, its rollouts, evaluations and recipe.
#pragma once

#include <filesystem>
#include <string>

namespace millet::report {

std::string run_page(const std::filesystem::path& dir);  // throws Error where it is no run

}  // namespace millet::report
