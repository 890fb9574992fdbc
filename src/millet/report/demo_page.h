// The page of a demonstration: what reinforcement learning did to a model, beside its controls, and what it did not do.
#pragma once

#include <filesystem>
#include <string>

namespace millet::report {

// Reads summary.json and the runs base, rl, random_reward and supervised of `dir`; what is missing of a run is left out
// of the page. Throws Error where summary.json or one of the runs is absent.
std::string demo_page(const std::filesystem::path& dir);

}  // namespace millet::report
