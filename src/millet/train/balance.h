// Auxiliary-loss-free balancing: after each step the bias of overloaded experts falls, of underloaded ones rises.
// Source: DeepSeek-V3 §2.1.2, Wang et al. 2024 (arXiv 2408.15664) algorithm 1.
#pragma once

#include <vector>

#include "millet/core/context.h"
#include "millet/nn/router.h"
#include "millet/report/metrics.h"

namespace millet::train {

// How tokens spread over the experts of one layer, over a whole step.
struct ExpertLoad {
  std::vector<int64_t> count;  // [E] (token, slot) pairs
  int64_t total() const;
  double max_violation() const;  // MaxVio = (max − mean) / mean; 0 = perfectly even
};

// Over the layers, for people: each expert's share of the rows (mean over layers, sum 1) and the mean MaxVio. Layers of
// unlike numbers of experts have no common share, and layers that did not run (the second prediction's in reinforcement
// learning) have none. Where no layer ran there is no share.
struct LoadSummary {
  std::vector<double> share;
  double max_violation = 0;
};
LoadSummary summarise(const std::vector<ExpertLoad>& loads);

// Into a row of metrics: max_vio, max_vio/L of each layer, expert_load/E of each share; nothing where no
// layer ran.
void record(const std::vector<ExpertLoad>& loads, report::MetricsRow& row);

// The loads gathered by the routers since the last call, and zeroes them.
std::vector<ExpertLoad> take_expert_load(Context&, const std::vector<nn::Router*>& routers);

// bias_i += speed · sign(mean load − load_i). No gradient is involved; evaluation and padding are never counted, since
// only forwards with batch.keep count. Every micro-batch of the step counts once.
void update_bias(Context&, const std::vector<nn::Router*>& routers, const std::vector<ExpertLoad>& loads, double speed);

}  // namespace millet::train
