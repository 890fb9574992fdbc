// Shapes of expert choices, for conformance and for speed.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <vector>

#include "millet/ops/router.h"

namespace millet::tests {

struct RouterCase {
  int64_t rows, experts, k;
  ops::RouterOptions options;
  std::string name() const {
    return fmt::format("rows={},experts={},k={},groups={}/{}", rows, experts, k, options.topk_group, options.n_group);
  }
};

inline std::vector<RouterCase> router_conformance_cases() {
  return {{5, 1, 1, {}},
          {7, 8, 2, {.routed_scaling_factor = 2.5}},
          {7, 8, 2, {.norm_topk_prob = false, .routed_scaling_factor = 1.5}},
          {6, 17, 17, {}},
          {0, 8, 2, {}},
          {9, 16, 3, {.n_group = 4, .topk_group = 2}},
          {50, 264, 8, {.n_group = 8, .topk_group = 4, .routed_scaling_factor = 2.5}},
          {7, 19, 3, {.scoring = ops::Scoring::softmax, .norm_topk_prob = false, .routed_scaling_factor = 16}},
          {9,
           40,
           6,
           {.scoring = ops::Scoring::softmax,
            .group_score = ops::GroupScore::best,
            .n_group = 8,
            .topk_group = 3,
            .norm_topk_prob = true}}};
}

// The demo's and DeepSeek-V3's.
inline std::vector<RouterCase> router_speed_cases() {
  return {{2048, 8, 2, {}}, {2048, 256, 8, {.n_group = 8, .topk_group = 4, .routed_scaling_factor = 2.5}}};
}

}  // namespace millet::tests
