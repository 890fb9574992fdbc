#include "millet/infer/engine.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "millet/core/error.h"

namespace millet::infer {

Engine::Engine(model::Decoder& decoder, const EngineOptions& options)
    : decoder_(decoder),
      allocator_(options.cache_pages),
      batcher_(allocator_, options.max_rows, decoder.config().max_position_embeddings),
      cache_(decoder.parameters().device(), decoder.config().cache_dims(), options.cache_pages),
      pass_(decoder.parameters().device()),
      inputs_(decoder.parameters().device()) {
  require(decoder.parameters().dtype() == DType::f32, "engine: parameters in {}; it runs f32",
          name_of(decoder.parameters().dtype()));
}

int64_t Engine::pages_for(int64_t sequences, int64_t positions) {
  return sequences * ((positions + ops::kAttentionTile - 1) / ops::kAttentionTile);
}

int64_t Engine::cache_bytes(const model::Decoder& decoder, const EngineOptions& options) {
  const nn::KvCache::Dims dims = decoder.config().cache_dims();
  return options.cache_pages * dims.page_bytes(DType::f32) + 2 * dims.layers * Buffer::footprint(0);
}

// Activations of max_rows rows and logits of as many draws; ids, positions and pages of each row.
int64_t Engine::step_bytes(const model::Decoder& decoder, const EngineOptions& options, int64_t most_draws) {
  const int64_t columns = (decoder.config().max_position_embeddings + ops::kAttentionTile - 1) / ops::kAttentionTile;
  return Buffer::footprint(decoder.inference_bytes(options.max_rows, std::max(options.max_rows, most_draws))) +
         16 * options.max_rows * (8 + std::min(columns, options.cache_pages));
}

int64_t Engine::max_positions() const {
  return std::min(decoder_.config().max_position_embeddings, allocator_.n_pages() * ops::kAttentionTile);
}

int64_t Engine::room_after(int64_t prompt_tokens) const {
  require(prompt_tokens <= max_positions(),
          "the prompt has {} tokens, the model and the engine's cache hold {}; shorten it", prompt_tokens,
          max_positions());
  return max_positions() + 1 - prompt_tokens;
}

int64_t Engine::submit(Request request) {
  const int64_t vocab_size = decoder_.config().vocab_size;
  for (const int32_t id : request.prompt) {
    require(id >= 0 && id < vocab_size,
            "request: id {} in the prompt, the model's vocabulary has {}; was it made by "
            "this model's tokenizer?",
            id, vocab_size);
  }
  return batcher_.submit(std::move(request));
}

// Versions only grow, so their sum moves whenever one does.
uint64_t Engine::weights_version() const {
  uint64_t sum = 0;
  for (const nn::Parameter& p : decoder_.parameters()) sum += p.version;
  return sum;
}

bool Engine::step(Context& ctx) {
  const auto begin = std::chrono::steady_clock::now();
  const uint64_t version = weights_version();
  if (version != version_ && batcher_.holds_cache()) batcher_.drop_cache();
  version_ = version;

  const Plan& plan = batcher_.plan();
  if (plan.rows() == 0) return false;
  try {
    forward(ctx, plan);
    sample(ctx, pass_.logits, plan.draws, drawn_);
  } catch (...) {
    batcher_.drop_cache();  // nobody knows how far the cache was written
    throw;
  }
  batcher_.accept(drawn_.tokens, drawn_.log_probs);
  seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return true;
}

void Engine::forward(Context& ctx, const Plan& plan) {
  for (const Plan::PageCopy& copy : plan.copies) cache_.copy_page(ctx, copy.from, copy.to);

  integers_.clear();
  for (const std::vector<int32_t>* part : {&plan.tokens, &plan.positions, &plan.head_rows, &plan.pages}) {
    integers_.insert(integers_.end(), part->begin(), part->end());
  }
  inputs_.clear();
  const Tensor integers = inputs_.ids(integers_);
  const int64_t T = plan.rows();
  const auto Q = static_cast<int64_t>(plan.head_rows.size());
  const auto B = static_cast<int64_t>(plan.segments.size());
  nn::Batch batch;
  batch.tokens = integers.rows(0, T);
  batch.positions = integers.rows(T, T);
  batch.head_rows = integers.rows(2 * T, Q);
  batch.pages = integers.rows(2 * T + Q, B * plan.page_columns).reshape({B, plan.page_columns});
  batch.segments = plan.segments;
  batch.cache = &cache_;
  decoder_.forward(ctx, batch, pass_);
}

std::vector<std::vector<Completion>> Engine::generate(Context& ctx, std::vector<Request> requests,
                                                      const std::function<void()>& after_step) {
  std::vector<int64_t> numbers;
  std::vector<std::vector<Completion>> completions;
  try {
    for (Request& r : requests) numbers.push_back(submit(std::move(r)));
    while (step(ctx)) {
      if (after_step) after_step();
    }
  } catch (...) {
    for (const int64_t n : numbers) {
      cancel(n);
      take(n);
    }
    throw;
  }
  for (const int64_t n : numbers) completions.push_back(take(n));
  return completions;
}

EngineFacts Engine::facts() const {
  EngineFacts facts;
  static_cast<BatcherFacts&>(facts) = batcher_.facts();
  facts.seconds = seconds_;
  facts.pages_in_use = allocator_.pages_in_use();
  facts.most_pages_in_use = allocator_.most_in_use();
  facts.flops = flops(facts.rows, facts.keys, facts.drawn);
  return facts;
}

// All terms are linear: so much a row, a key that a row sees and a token that is drawn. A row of a training sequence of
// context S sees (S + 1) / 2 keys on average.
double Engine::flops(int64_t rows, int64_t keys, int64_t drawn) const {
  const double one_key = decoder_.inference_flops(1, 0, 1);
  const double key = decoder_.inference_flops(1, 0, 3) - one_key, draw = decoder_.inference_flops(1, 1, 1) - one_key;
  return static_cast<double>(rows) * (one_key - key) + static_cast<double>(keys) * key +
         static_cast<double>(drawn) * draw;
}

}  // namespace millet::infer
