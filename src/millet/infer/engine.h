// The rollout and serving engine: requests in, tokens and their log-probabilities out, by the model's one forward.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "millet/infer/batcher.h"
#include "millet/model/decoder.h"
#include "millet/nn/kv_cache.h"

namespace millet::infer {

struct EngineOptions {
  int64_t max_rows = 512;     // in a step: sequences that decode at once, plus prompt rows in between
  int64_t cache_pages = 256;  // of 64 positions; model::ModelConfig::cache_dims().page_bytes(f32) each
};

// What happened so far.
struct EngineFacts : BatcherFacts {
  double seconds = 0;  // in steps
  double flops = 0;    // of the main model's forward over all rows, by model/cost
  int64_t pages_in_use = 0, most_pages_in_use = 0;

  double tokens_a_second() const { return seconds > 0 ? static_cast<double>(drawn) / seconds : 0; }
};

// Runs on a decoder that exists: the weights of training in the same process, copied nowhere. What it caches belongs to
// the weights it was computed with: when any Parameter::version has moved, the next step starts by reading all
// unfinished sequences again.
//
// Exact: a token's log-probability has the bits that a training forward over the whole sequence gives it through
// ops::log_prob at the same temperature; what shared the batch, preemption, groups and the number of threads do not
// show.
class Engine {
 public:
  // Throws Error for parameters that are not f32.
  Engine(model::Decoder& decoder, const EngineOptions& options);

  // Pages that keep `sequences` sequences of up to `positions` positions from waiting for each other.
  static int64_t pages_for(int64_t sequences, int64_t positions);

  // What an engine will hold, before it is made: its cache, and what a step takes beside the workspace. `decoder` may
  // be a blueprint.
  static int64_t cache_bytes(const model::Decoder& decoder, const EngineOptions& options);
  static int64_t step_bytes(const model::Decoder& decoder, const EngineOptions& options, int64_t most_draws);

  // How long a sequence may become: what the model's positions and the cache hold.
  int64_t max_positions() const;
  // How many tokens may follow a prompt; the last of them is never read. Throws Error for a prompt that is too long.
  int64_t room_after(int64_t prompt_tokens) const;

  // Returns the request's number. Throws Error for what could never run (see Batcher::submit) and for ids beyond the
  // vocabulary.
  int64_t submit(Request request);
  void cancel(int64_t request) { batcher_.cancel(request); }

  // Runs one batch. False: nothing was left to do.
  bool step(Context& ctx);
  void run(Context& ctx) {
    while (step(ctx)) {
    }
  }

  bool idle() const { return batcher_.idle(); }
  bool is_done(int64_t request) const { return batcher_.is_done(request); }
  // The responses of a finished request, in the order of their sample ids. The engine forgets them.
  std::vector<Completion> take(int64_t request) { return batcher_.take(request); }

  // Submits all, runs, and takes: responses by request, then by sample. `after_step` may look on. All or nothing: where
  // one request is refused or a step fails, none of them stays behind.
  std::vector<std::vector<Completion>> generate(Context& ctx, std::vector<Request> requests,
                                                const std::function<void()>& after_step = {});

  // Forgets all cached keys and values; unfinished sequences keep their tokens and are read again.
  void reset() { batcher_.drop_cache(); }

  EngineFacts facts() const;
  // Of so many rows through the model that see so many keys, all rows together, and draw so many tokens.
  double flops(int64_t rows, int64_t keys, int64_t drawn) const;
  const model::Decoder& decoder() const { return decoder_; }

 private:
  uint64_t weights_version() const;
  void forward(Context& ctx, const Plan& plan);

  model::Decoder& decoder_;
  PageAllocator allocator_;
  Batcher batcher_;
  nn::KvCache cache_;
  model::Decoder::Pass pass_;
  Arena inputs_;                   // of one step
  std::vector<int32_t> integers_;  // all i32 inputs of a step, uploaded at once
  std::vector<Draw> draws_;
  Drawn drawn_;
  uint64_t version_ = 0;
  double seconds_ = 0;
};

}  // namespace millet::infer
