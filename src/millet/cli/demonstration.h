// What a demonstration came to: its runs' evaluations and metrics, gathered into summary.json.
#pragma once

#include <filesystem>

namespace millet::cli {

// Reads <dir>/{base,rl,random_reward,supervised} and writes <dir>/summary.json. Throws Error naming what is missing.
void summarise_demonstration(const std::filesystem::path& dir);

}  // namespace millet::cli
