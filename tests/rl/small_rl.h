// A job of reinforcement learning that takes a second, for the model of tests/train/small_job.h.
#pragma once

#include "millet/rl/config.h"

namespace millet::tests {

inline rl::RlConfig small_rl() {
  rl::RlConfig c;
  c.min = 2;
  c.max = 3;
  c.steps = 4;
  c.prompts = 3;
  c.group = 4;
  c.max_new_tokens = 24;
  c.lr = {.peak = 1e-3, .schedule = "constant", .warmup = 0};
  c.preflight = 2;
  c.evaluate_every = 2;
  c.evaluate_problems = 4;
  c.checkpoint_every = 1;
  c.keep_checkpoints = 8;
  c.bias_update_speed = 1e-3;
  return c;
}

}  // namespace millet::tests
