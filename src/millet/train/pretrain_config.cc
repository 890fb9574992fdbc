#include "millet/train/pretrain_config.h"

#include "millet/train/checkpoint.h"

namespace millet::train {

void PretrainConfig::fields(Fields& f) {
  f("steps", steps, "optimizer steps", count_from(1));
  f("step_tokens", step_tokens, "tokens of a step, over all its micro-batches", count_from(1));
  f("micro_batch_tokens", micro_batch_tokens,
    "tokens that go through the model at once, 0 = the whole step; saves memory", count_from(0));
  f.section("lr", lr, "the learning rate of each step");
  f.section("optimizer", optimizer, "how gradients move weights");
  f.section("objective", objective, "what is minimised beside next-token cross entropy");
  f("bias_update_speed", bias_update_speed, "γ of auxiliary-loss-free balancing: how far a router's bias moves a step",
    between(0, 1000));
  f("validate_every", validate_every, "steps between validations, 0 = at the end alone", count_from(0));
  f("validate_tokens", validate_tokens, "tokens of a validation, 0 = all", count_from(0));
  f("sample_every", sample_every, "steps between samples of the model, 0 = none", count_from(0));
  f("checkpoint_every", checkpoint_every,
    "steps between checkpoints; one is written at the end and on interruption too", count_from(1));
  f("keep_checkpoints", keep_checkpoints, "newest checkpoints that are kept", count_from(1));
  f("keep_every", keep_every, "steps between checkpoints that are kept for good beside these, 0 = none", count_from(0));
  f("init", init, "scale of the first weights where the recipe names no model to start from", {"scaled", "plain"});
  f("init_std", init_std, "standard deviation of init = \"plain\"", above(0, 1000));
  f("max_flops", max_flops, "stop when training has cost this many operations, 0 = never", at_least(0));
  f("same_cost_as", same_cost_as,
    "a run: stop when training has cost as many operations as that one, rollouts included");
}

void PretrainConfig::check() const {
  check_fields("train", *this);
  lr.check("train.lr");
  check_kept_are_written("train", checkpoint_every, keep_every);
}

}  // namespace millet::train
