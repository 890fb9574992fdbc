#include "millet/rl/config.h"

#include "millet/core/error.h"
#include "millet/tasks/list.h"

namespace millet::rl {

void RewardConfig::fields(Fields& f) {
  f("kind", kind,
    "rule: the task's verifier decides; random: a coin decides, whatever the answer (a control: format reward stays)",
    {"rule", "random"});
  f("accuracy", accuracy, "reward of a right answer");
  f("format", format, "reward of the form <think>…</think><answer>…</answer>");
  f("random_share", random_share, "of kind = \"random\": how often the coin says right");
}

void RewardConfig::check() const {
  require(random_share >= 0 && random_share <= 1, "rl.reward.random_share is {}, it must be between 0 and 1",
          random_share);
}

void RlConfig::fields(Fields& f) {
  f("task", task, "the problems, by the name of their task");
  f("min", min, "least difficulty of a problem, 0 = the task's default");
  f("max", max, "greatest difficulty of a problem, 0 = the task's default");
  f("steps", steps, "steps of rollouts and updates");
  f("prompts", prompts, "problems of a step");
  f("group", group, "answers sampled to each problem (G)");
  f("max_new_tokens", max_new_tokens, "longest answer, in tokens");
  f("temperature", temperature, "of sampling, and of the log-probabilities that are trained");
  f("minibatches", minibatches, "optimizer steps that a step's rollouts are divided into");
  f("epochs", epochs, "times that each rollout is trained on");
  f("micro_batch_tokens", micro_batch_tokens, "tokens that go through the model at once in training");
  f.section("reward", reward, "rules that judge an answer");
  f.section("grpo", grpo, "the objective");
  f.section("lr", lr, "the learning rate of each step");
  f.section("optimizer", optimizer, "how gradients move weights; begins anew");
  f("bias_update_speed", bias_update_speed, "γ of auxiliary-loss-free balancing, after the optimizer step");
  f("evaluate_every", evaluate_every, "steps between greedy evaluations on held-out problems, 0 = none");
  f("evaluate_problems", evaluate_problems, "problems of such an evaluation");
  f("checkpoint_every", checkpoint_every,
    "steps between checkpoints; one is written at the end and on interruption too");
  f("keep_checkpoints", keep_checkpoints, "newest checkpoints that are kept");
}

void RlConfig::check() const {
  tasks::find(task);  // refuses an unknown one before anything is made
  require(steps > 0 && prompts > 0, "rl.steps ({}) and rl.prompts ({}) must be positive", steps, prompts);
  require(group >= 2, "rl.group is {}: a group of at least 2 answers is what advantages are relative to", group);
  require(max_new_tokens > 0, "rl.max_new_tokens is {}, it must be positive", max_new_tokens);
  require(temperature > 0, "rl.temperature is {}, it must be positive: greedy answers are all alike", temperature);
  require(minibatches > 0 && minibatches <= prompts, "rl.minibatches is {}, it must be between 1 and rl.prompts ({})",
          minibatches, prompts);
  require(epochs > 0, "rl.epochs is {}, it must be positive", epochs);
  require(micro_batch_tokens > 0, "rl.micro_batch_tokens is {}, it must be positive", micro_batch_tokens);
  require(bias_update_speed >= 0, "rl.bias_update_speed is {}, it must not be negative", bias_update_speed);
  require(evaluate_every >= 0 && evaluate_problems > 0,
          "rl.evaluate_every ({}) must not be negative, rl.evaluate_problems ({}) must be positive", evaluate_every,
          evaluate_problems);
  require(checkpoint_every > 0 && keep_checkpoints > 0,
          "rl.checkpoint_every ({}) and rl.keep_checkpoints ({}) must be positive", checkpoint_every, keep_checkpoints);
  reward.check();
  grpo.check();
  lr.check();
  optimizer.check();
}

}  // namespace millet::rl
