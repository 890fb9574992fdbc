#include "millet/rl/reinforce_rehearsal.h"

#include <algorithm>

#include "millet/core/rng.h"
#include "millet/model/init.h"
#include "millet/rl/reinforce_work.h"
#include "millet/rl/rollout.h"

namespace millet::rl {

static std::vector<int32_t> random_ids(const model::ModelConfig& model, int64_t count, uint64_t which) {
  Rng rng(0, "rehearsal", which);
  std::vector<int32_t> ids(static_cast<size_t>(count));
  for (int32_t& id : ids) id = static_cast<int32_t>(rng.below(model.vocab_size));
  return ids;
}

ReinforceRehearsal::ReinforceRehearsal(Context& ctx, const RlConfig& config, const model::ModelConfig& model,
                                       int64_t prompt_tokens)
    : ctx_(ctx),
      config_(config),
      prompt_tokens_(prompt_tokens),
      parameters_(ctx.device(), nn::Parameters::Mode::training),
      model_(model, parameters_),
      optimizer_((freeze_mtp(parameters_, model), config.optimizer), parameters_),
      engine_(model_, engine_options(config)),
      objective_(config, model_) {
  const int64_t longest = prompt_tokens + config.max_new_tokens;
  ctx.workspace().reserve(reinforce_scratch_bytes(config, model_, longest, ctx.threads()));
  model::initialise(parameters_, 0, {.layers = model.num_hidden_layers, .distinct = 10007});
  const int64_t in_one = std::max<int64_t>(1, config.micro_batch_tokens / longest);
  for (int64_t i = 0; i < in_one; ++i) {
    rollouts_.push_back({.prompt_ids = random_ids(model, prompt_tokens, static_cast<uint64_t>(2 * i)),
                         .ids = random_ids(model, config.max_new_tokens, static_cast<uint64_t>(2 * i + 1)),
                         .log_probs = std::vector<float>(static_cast<size_t>(config.max_new_tokens), -1)});
  }
}

// Groups whose prompts already hold half an answer; nothing stops them before they are full. Where pages are too few
// for all, some will wait: reading is then over without them.
void ReinforceRehearsal::fill() {
  const infer::EngineOptions options = engine_options(config_);
  const int64_t half = config_.max_new_tokens / 2, begun = prompt_tokens_ + half;
  // As long as pages last, so that what is timed is decoding and nothing else.
  const int64_t room =
      std::min(options.cache_pages / options.max_rows * ops::kAttentionTile, model_.config().max_position_embeddings) -
      begun;
  for (int64_t p = 0; p < config_.prompts; ++p) {
    engine_.submit({.prompt = random_ids(model_.config(), begun, static_cast<uint64_t>(p)),
                    .samples = config_.group,
                    .sample_id = static_cast<uint64_t>(p * config_.group),
                    .max_new_tokens = std::max(config_.max_new_tokens - half, room)});
  }
  const int64_t reading = 2 + 2 * config_.prompts * begun / options.max_rows;
  for (int64_t i = 0; i < reading && engine_.facts().running < options.max_rows; ++i) engine_.step(ctx_);
}

void ReinforceRehearsal::decode() {
  if (engine_.idle()) fill();
  engine_.step(ctx_);
}

void ReinforceRehearsal::train() {
  std::vector<Item> items;
  for (const report::Rollout& r : rollouts_) items.push_back({.rollout = &r, .advantage = 1, .token_weight = 1e-6});
  objective_.forward_backward(ctx_, items);
}

void ReinforceRehearsal::update() {
  optimizer_.step(ctx_, 0);
}

}  // namespace millet::rl
