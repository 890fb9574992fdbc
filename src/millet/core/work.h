// What a job will cost, before it runs: each loop gives its Work, plan/ turns it into seconds and bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace millet {

struct Phase {
  std::string name;          // "pre-training", "rollouts", "evaluation"
  double flops = 0;          // over the whole phase
  double bytes_moved = 0;    // of memory traffic, over the whole phase
  int64_t tokens = 0;        // rows through the model
  int64_t peak_bytes = 0;    // memory held at its worst moment, an upper bound
  bool upper_bound = false;  // flops and tokens are a maximum (rollouts at full length)
};

struct Work {
  std::vector<Phase> phases;
};

}  // namespace millet
