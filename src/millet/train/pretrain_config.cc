#include "millet/train/pretrain_config.h"

#include "millet/core/error.h"

namespace millet::train {

void PretrainConfig::fields(Fields& f) {
  f("steps", steps, "optimizer steps");
  f("step_tokens", step_tokens, "tokens of a step, over all its micro-batches");
  f("micro_batch_tokens", micro_batch_tokens,
    "tokens that go through the model at once, 0 = the whole step; saves memory");
  f.section("lr", lr, "the learning rate of each step");
  f.section("optimizer", optimizer, "how gradients move weights");
  f.section("objective", objective, "what is minimised beside next-token cross entropy");
  f("bias_update_speed", bias_update_speed, "γ of auxiliary-loss-free balancing: how far a router's bias moves a step");
  f("validate_every", validate_every, "steps between validations, 0 = at the end alone");
  f("validate_tokens", validate_tokens, "tokens of a validation, 0 = all");
  f("sample_every", sample_every, "steps between samples of the model, 0 = none");
  f("checkpoint_every", checkpoint_every,
    "steps between checkpoints; one is written at the end and on interruption too");
  f("keep_checkpoints", keep_checkpoints, "newest checkpoints that are kept");
  f("init", init, "scale of the first weights where the recipe names no model to start from", {"scaled", "plain"});
  f("init_std", init_std, "standard deviation of init = \"plain\"");
  f("max_flops", max_flops, "stop when training has cost this many operations, 0 = never");
  f("same_cost_as", same_cost_as,
    "a run: stop when training has cost as many operations as that one, rollouts included");
}

void PretrainConfig::check() const {
  require(steps > 0, "train.steps is {}, it must be positive", steps);
  require(step_tokens > 0, "train.step_tokens is {}, it must be positive", step_tokens);
  require(micro_batch_tokens >= 0, "train.micro_batch_tokens is {}, it must not be negative", micro_batch_tokens);
  require(bias_update_speed >= 0, "train.bias_update_speed is {}, it must not be negative", bias_update_speed);
  require(validate_every >= 0 && validate_tokens >= 0 && sample_every >= 0,
          "train.validate_every, validate_tokens and sample_every must not be negative");
  require(checkpoint_every > 0, "train.checkpoint_every is {}, it must be positive", checkpoint_every);
  require(keep_checkpoints > 0, "train.keep_checkpoints is {}, at least one must be kept", keep_checkpoints);
  require(init_std > 0, "train.init_std is {}, it must be positive", init_std);
  require(max_flops >= 0, "train.max_flops is {}, it must not be negative", max_flops);
  lr.check();
  optimizer.check();
  objective.check();
}

}  // namespace millet::train
