// A small DeepSeek-V3 with random weights, and what its training forward says about finished responses.
#pragma once

#include <memory>
#include <numeric>
#include <string_view>
#include <vector>

#include "millet/core/rng.h"
#include "millet/infer/request.h"
#include "millet/model/decoder.h"
#include "millet/model/init.h"
#include "millet/ops/devices.h"
#include "millet/ops/loss.h"

namespace millet::infer {

inline model::ModelConfig tiny_config() {
  model::ModelConfig c;
  c.vocab_size = 24;
  c.hidden_size = 20;
  c.intermediate_size = 24;
  c.moe_intermediate_size = 12;
  c.num_hidden_layers = 2;
  c.num_attention_heads = 2;
  c.n_shared_experts = 1;
  c.n_routed_experts = 6;
  c.num_experts_per_tok = 2;
  c.n_group = 3;
  c.topk_group = 2;
  c.first_k_dense_replace = 1;
  c.routed_scaling_factor = 1.5;
  c.q_lora_rank = 12;
  c.kv_lora_rank = 16;
  c.qk_nope_head_dim = 6;
  c.qk_rope_head_dim = 4;
  c.v_head_dim = 8;
  c.max_position_embeddings = 512;
  c.check();
  return c;
}

struct TinyModel {
  explicit TinyModel(std::string_view device_name)
      : device(ops::make_device(device_name)),
        parameters(*device, nn::Parameters::Mode::training),
        decoder(tiny_config(), parameters) {
    // Logits of a few units, so that draws differ from uniform ones, and biases that change who is chosen.
    model::initialise(parameters, 3, {.scheme = model::Init::plain, .standard_deviation = 0.4});
    for (nn::Router* router : decoder.routers()) {
      std::vector<float> bias(static_cast<size_t>(router->dims().n_routed_experts));
      Rng rng(4, "bias");
      for (float& b : bias) b = static_cast<float>(0.2 * rng.normal());
      from_host(*device, bias, router->bias()->value);
      router->bias()->touch();
    }
  }

  std::unique_ptr<Device> device;
  nn::Parameters parameters;
  model::Decoder decoder;
};

struct Sequence {
  std::vector<int32_t> prompt, response;
};

// The training forward (everything kept, no cache) over whole sequences packed into one batch, in the order given:
// log-probabilities of each response's tokens.
inline std::vector<std::vector<float>> training_log_probs(Context& ctx, model::Decoder& decoder,
                                                          const std::vector<Sequence>& sequences, double temperature) {
  std::vector<int32_t> tokens, positions, next;
  std::vector<nn::Segment> segments;
  for (const Sequence& s : sequences) {
    std::vector<int32_t> ids = s.prompt;
    ids.insert(ids.end(), s.response.begin(), s.response.end());
    const auto rows = static_cast<int64_t>(ids.size());
    segments.push_back({.first_row = static_cast<int64_t>(tokens.size()), .rows = rows, .cached_rows = 0});
    tokens.insert(tokens.end(), ids.begin(), ids.end());
    next.insert(next.end(), ids.begin() + 1, ids.end());
    next.push_back(-1);
    for (int32_t p = 0; p < rows; ++p) positions.push_back(p);
  }
  Arena arena(ctx.device());
  nn::Batch batch;
  batch.tokens = arena.ids(tokens);
  batch.positions = arena.ids(positions);
  batch.next = arena.ids(next);
  batch.segments = segments;
  batch.keep = true;
  model::Decoder::Pass pass(ctx.device());
  decoder.forward(ctx, batch, pass);
  const Tensor log_prob = arena.tensor(DType::f32, {batch.rows()});
  const Tensor lse = arena.tensor(DType::f32, {batch.rows()});
  ops::log_prob(ctx, pass.logits, batch.next, log_prob, lse, {}, {.temperature = temperature});
  const std::vector<float> all = to_host<float>(ctx.device(), log_prob);

  std::vector<std::vector<float>> result;
  for (size_t i = 0; i < sequences.size(); ++i) {
    const auto first = all.begin() + segments[i].first_row + static_cast<int64_t>(sequences[i].prompt.size()) - 1;
    result.emplace_back(first, first + static_cast<int64_t>(sequences[i].response.size()));
  }
  return result;
}

inline Request random_request(int64_t prompt_tokens, int64_t samples, uint64_t sample_id, double temperature,
                              int64_t max_new_tokens) {
  Request r;
  Rng rng(11, "prompt", sample_id);
  for (int64_t i = 0; i < prompt_tokens; ++i) r.prompt.push_back(static_cast<int32_t>(rng.below(24)));
  r.samples = samples;
  r.sample_id = sample_id;
  r.sampling.temperature = temperature;
  r.sampling.seed = 7;
  r.max_new_tokens = max_new_tokens;
  r.stop_ids = {1, 2};
  return r;
}

}  // namespace millet::infer
