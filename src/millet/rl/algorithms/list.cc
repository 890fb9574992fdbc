#include "millet/rl/algorithms/list.h"

#include <fmt/format.h>

#include <algorithm>

#include "millet/core/error.h"
#include "millet/rl/config.h"

namespace millet::rl {

// The defaults of algorithms/grpo are the paper's.
static std::vector<std::string> grpo_keys(const RlConfig&) {
  return {};
}

// Keys whose value is the default's as well are named where the paper's objective rests on them: a recipe that says
// otherwise is told.

// §3.1–3.4: clip-higher, dynamic sampling, a mean over tokens, soft overlong punishment (4,096 of 20,480 tokens).
static std::vector<std::string> dapo_keys(const RlConfig& c) {
  const int64_t longest = c.reward.soft_overlong(c.max_new_tokens).max;
  return {"grpo.normalisation=token",
          "grpo.divide_by_std=true",
          "grpo.clip_low=0.2",
          "grpo.clip_high=0.28",
          "draws=10",
          "reward.overlong=1",
          fmt::format("reward.overlong_max={}", longest),
          fmt::format("reward.overlong_cache={}", std::max<int64_t>(1, longest / 5))};
}

// §3.2: neither the deviation nor the length of an answer divides.
static std::vector<std::string> dr_grpo_keys(const RlConfig& c) {
  return {"grpo.normalisation=constant", fmt::format("grpo.constant_length={}", c.max_new_tokens),
          "grpo.divide_by_std=false"};
}

// Eq. 5–7, clip of §5.1.
static std::vector<std::string> gspo_keys(const RlConfig&) {
  return {"grpo.ratio=sequence", "grpo.normalisation=sequence", "grpo.divide_by_std=true", "grpo.clip_low=3e-4",
          "grpo.clip_high=4e-4"};
}

std::span<const Algorithm> algorithms() {
  static constexpr Algorithm kRows[] = {
      {"grpo", "GRPO", "Shao et al. 2024, arXiv 2402.03300", grpo_keys},
      {"dapo", "DAPO", "Yu et al. 2025, arXiv 2503.14476", dapo_keys},
      {"dr_grpo", "Dr. GRPO", "Liu et al. 2025, arXiv 2503.20783", dr_grpo_keys},
      {"gspo", "GSPO", "Zheng et al. 2025, arXiv 2507.18071", gspo_keys},
  };
  return kRows;
}

std::vector<std::string> algorithm_names() {
  std::vector<std::string> names;
  for (const Algorithm& row : algorithms()) names.emplace_back(row.name);
  return names;
}

const Algorithm& find_algorithm(std::string_view name) {
  for (const Algorithm& row : algorithms()) {
    if (row.name == name) return row;
  }
  fail("unknown algorithm '{}': there are {}", name, fmt::join(algorithm_names(), ", "));
}

void apply_algorithm(const RlConfig& config, Fields& fields) {
  const Algorithm& algorithm = find_algorithm(config.algorithm);
  for (const std::string& assignment : algorithm.keys(config)) {
    const std::string path = "rl." + assignment.substr(0, assignment.find('='));
    const Field* field = fields.find(path);
    if (field != nullptr && field->origin != "default") continue;
    fields.set_text("rl." + assignment, fmt::format("rl.algorithm = {}", algorithm.name));
  }
}

std::vector<std::string> kept_otherwise(const RlConfig& config) {
  const Algorithm& algorithm = find_algorithm(config.algorithm);
  RlConfig copy = config;
  Fields fields;
  fields.section("rl", copy, "");
  std::vector<std::string> kept;
  for (const std::string& assignment : algorithm.keys(config)) {
    const std::string path = "rl." + assignment.substr(0, assignment.find('='));
    const Field& field = *fields.find(path);
    const FieldValue in_force = field.value();
    fields.set_text("rl." + assignment, algorithm.name);
    if (field.value() == in_force) continue;
    kept.push_back(
        fmt::format("{} = {} ({}: {})", path, to_string(in_force), algorithm.title, to_string(field.value())));
  }
  return kept;
}

}  // namespace millet::rl
