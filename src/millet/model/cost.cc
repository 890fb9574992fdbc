#include "millet/model/cost.h"

#include <fmt/core.h>

#include "millet/core/error.h"
#include "millet/model/decoder.h"

namespace millet::model {

namespace {
// Weights are counted, never made: nothing of this device is used.
class NoDevice final : public Device {
 public:
  std::string_view name() const override { return "none"; }
  void* allocate(size_t) override { fail_own("device 'none' has no memory"); }
  void release(void*, size_t) noexcept override {}
  void copy_from_host(void*, const void*, size_t) override {}
  void copy_to_host(void*, const void*, size_t) override {}
  void copy(void*, const void*, size_t) override {}
  void zero(void*, size_t) override {}
  bool reads_host_memory() const override { return false; }
  const void* operations() const override { return nullptr; }
};
}  // namespace

Count count(const ModelConfig& config) {
  NoDevice none;
  nn::Parameters parameters(none, nn::Parameters::Mode::shapes);
  const Decoder model(config, parameters);

  Count c;
  const std::string mtp_prefix = fmt::format("model.layers.{}.", config.num_hidden_layers);
  for (const nn::Parameter& p : parameters) {
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
  c.latent_cache_bytes_bf16 = config.num_hidden_layers * (config.kv_lora_rank + config.qk_rope_head_dim) * bf16;
  return c;
}

double forward_flops(const ModelConfig& config, int64_t rows, int64_t context, bool mtp) {
  NoDevice none;
  nn::Parameters parameters(none, nn::Parameters::Mode::shapes);
  return Decoder(config, parameters).cost(rows, context, mtp).flops;
}

}  // namespace millet::model
