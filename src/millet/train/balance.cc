#include "millet/train/balance.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>

namespace millet::train {

int64_t ExpertLoad::total() const {
  return std::accumulate(count.begin(), count.end(), int64_t{0});
}

double ExpertLoad::max_violation() const {
  const int64_t total = this->total();
  if (total == 0) return 0;
  const double mean = static_cast<double>(total) / static_cast<double>(count.size());
  return static_cast<double>(*std::max_element(count.begin(), count.end())) / mean - 1;
}

LoadSummary summarise(const std::vector<ExpertLoad>& loads) {
  LoadSummary summary;
  const auto ran = static_cast<double>(
      std::count_if(loads.begin(), loads.end(), [](const ExpertLoad& load) { return load.total() > 0; }));
  if (ran == 0) return summary;
  summary.share.assign(loads.front().count.size(), 0.0);
  for (const ExpertLoad& load : loads) {
    const auto total = static_cast<double>(load.total());
    if (total == 0) continue;
    summary.max_violation += load.max_violation() / ran;
    for (size_t e = 0; e < load.count.size(); ++e) summary.share[e] += static_cast<double>(load.count[e]) / total / ran;
  }
  return summary;
}

void record(const std::vector<ExpertLoad>& loads, report::MetricsRow& row) {
  const LoadSummary summary = summarise(loads);
  if (summary.share.empty()) return;
  row.values.emplace_back("max_vio", summary.max_violation);
  for (size_t l = 0; l < loads.size(); ++l)
    row.values.emplace_back(fmt::format("max_vio/{}", l), loads[l].max_violation());
  for (size_t e = 0; e < summary.share.size(); ++e)
    row.values.emplace_back(fmt::format("expert_load/{}", e), summary.share[e]);
}

std::vector<ExpertLoad> take_expert_load(Context& ctx, const std::vector<nn::Router*>& routers) {
  std::vector<ExpertLoad> loads;
  for (const nn::Router* router : routers) {
    const Tensor load = router->load();
    const std::vector<int32_t> count = to_host<int32_t>(ctx.device(), load);
    loads.push_back({std::vector<int64_t>(count.begin(), count.end())});
    ctx.device().zero(load.data(), static_cast<size_t>(load.bytes()));
  }
  return loads;
}

template <class T>
static void move_bias(Context& ctx, nn::Parameter& bias, const ExpertLoad& load, double speed) {
  std::vector<T> values = to_host<T>(ctx.device(), bias.value);
  const int64_t total = load.total();
  const auto experts = static_cast<int64_t>(values.size());
  for (size_t e = 0; e < values.size(); ++e) {
    const int64_t above = load.count[e] * experts - total;  // exact: no rounding of the mean
    if (above > 0) values[e] -= static_cast<T>(speed);
    if (above < 0) values[e] += static_cast<T>(speed);
  }
  from_host(ctx.device(), values, bias.value);
  bias.touch();
}

void update_bias(Context& ctx, const std::vector<nn::Router*>& routers, const std::vector<ExpertLoad>& loads,
                 double speed) {
  if (speed == 0) return;
  for (size_t r = 0; r < routers.size(); ++r) {
    nn::Parameter* bias = routers[r]->bias();
    if (bias == nullptr) continue;
    if (bias->value.dtype() == DType::f64)
      move_bias<double>(ctx, *bias, loads[r], speed);
    else
      move_bias<float>(ctx, *bias, loads[r], speed);
  }
}

}  // namespace millet::train
