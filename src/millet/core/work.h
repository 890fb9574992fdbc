// What a job will cost, before it runs: each loop gives its Work, plan/ turns it into seconds and bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace millet {

struct Phase {
  std::string name;          // "training", "validation", "rollouts"
  double units = 0;          // equal parts that it runs in, one of which calibration times: steps, batches
  double flops = 0;          // of the model, over the whole phase
  double tokens = 0;         // rows through the model
  bool upper_bound = false;  // these are a maximum (rollouts at full length)
};

// Memory at the job's worst moment, an upper bound.
struct Holding {
  std::string name;  // "weights", "activations"
  int64_t bytes = 0;
  std::string remedy;  // what a user can do to lessen it: "lower train.micro_batch_tokens (now 4096)"; may be empty
};

struct Work {
  std::vector<Phase> phases;
  std::vector<Holding> memory;  // together: what the job holds at once, beside the program and its data
};

}  // namespace millet
