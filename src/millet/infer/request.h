// What is asked of the engine, and what comes back.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "millet/infer/sampling_params.h"

namespace millet::infer {

// Why a response ended.
enum class Finish : uint8_t {
  none,       // it has not
  stop,       // a stop id was drawn, or the listener had enough
  length,     // max_new_tokens were drawn
  cancelled,  // the request was taken back
};

// One prompt, answered once or several times. Tokens go in and tokens come out: nothing is tokenised again on the way.
struct Request {
  std::vector<int32_t> prompt;  // at least one id, the first at position 0
  int64_t samples = 1;          // responses wanted; the prompt runs once for all of them
  uint64_t sample_id = 0;       // names the first one's draws (prompt × group size); the others count on from it
  SamplingParams sampling;
  int64_t max_new_tokens = 0;     // at least 1
  std::vector<int32_t> stop_ids;  // a response ends with the first of these that is drawn

  // Called with each token as it is drawn: index of the sample, token, log-probability. False ends the sample there
  // with Finish::stop (a stop string was seen). May be empty. It must neither throw nor call the engine.
  std::function<bool(int64_t sample, int32_t token, float log_prob)> on_token;
};

// One response.
struct Completion {
  std::vector<int32_t> ids;      // what was drawn, the stop id included
  std::vector<float> log_probs;  // of each, at the temperature of the draw (1 for greedy)
  Finish finish = Finish::none;
  int64_t prompt_tokens = 0;
  int64_t recomputed_rows = 0;  // rows that ran again because pages ran out or weights changed
};

}  // namespace millet::infer
