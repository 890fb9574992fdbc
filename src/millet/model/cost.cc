#include "millet/model/cost.h"

#include <fmt/core.h>

#include "millet/model/blueprint.h"

namespace millet::model {

Count count(const ModelConfig& config) {
  const Blueprint blueprint(config);
  Count c;
  const std::string mtp_prefix = fmt::format("model.layers.{}.", config.num_hidden_layers);
  for (const nn::Parameter& p : blueprint.parameters()) {
    const int64_t n = p.shape.elements();
    if (p.name.ends_with("e_score_correction_bias")) c.correction_biases += n;
    if (p.name.starts_with(mtp_prefix)) {
      c.mtp += n;
      continue;
    }
    c.parameters += n;
    const bool is_routed = p.shape.rank() == 3;  // stacks of experts
    c.active += is_routed ? n / p.shape[0] * config.num_experts_per_tok : n;
    if (p.role == nn::Role::embedding) c.embedding += n;
  }
  constexpr int64_t bf16 = 2;
  c.cache_bytes_bf16 = config.num_hidden_layers * config.cache_elements() * bf16;
  return c;
}

double forward_flops(const ModelConfig& config, int64_t rows, int64_t context, bool mtp) {
  return Blueprint(config).decoder().cost(rows, context, mtp).flops;
}

}  // namespace millet::model
