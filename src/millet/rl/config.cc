#include "millet/rl/config.h"

#include "millet/core/error.h"
#include "millet/infer/sampling_params.h"
#include "millet/tasks/list.h"

namespace millet::rl {

void RewardConfig::fields(Fields& f) {
  f("kind", kind,
    "rule: the task's verifier decides; random: a coin decides, whatever the answer (a control: format reward stays)",
    {"rule", "random"});
  f("accuracy", accuracy, "reward of a right answer", between(-1e6, 1e6));
  f("format", format, "reward of the form <think>…</think><answer>…</answer>", between(-1e6, 1e6));
  f("random_share", random_share, "of kind = \"random\": how often the coin says right", between(0, 1));
}

void RlConfig::fields(Fields& f) {
  f("task", task, "the problems, by the name of their task");
  f("min", min, "least difficulty of a problem, 0 = the task's default", count_from(0));
  f("max", max, "greatest difficulty of a problem, 0 = the task's default", count_from(0));
  f("steps", steps, "steps of rollouts and updates", count_from(1));
  f("prompts", prompts, "problems of a step", count_from(1));
  f("group", group, "answers sampled to each problem (G)", count_from(2));
  f("max_new_tokens", max_new_tokens, "longest answer, in tokens", count_from(1));
  f("temperature", temperature, "of sampling, and of the log-probabilities that are trained", infer::kTemperatures);
  f("minibatches", minibatches, "optimizer steps that a step's rollouts are divided into", count_from(1));
  f("epochs", epochs, "times that each rollout is trained on", count_from(1));
  f("micro_batch_tokens", micro_batch_tokens, "tokens that go through the model at once in training", count_from(1));
  f.section("reward", reward, "rules that judge an answer");
  f.section("grpo", grpo, "the objective");
  f.section("lr", lr, "the learning rate of each step");
  f.section("optimizer", optimizer, "how gradients move weights; begins anew");
  f("bias_update_speed", bias_update_speed, "γ of auxiliary-loss-free balancing, after the optimizer step",
    between(0, 1000));
  f("evaluate_every", evaluate_every, "steps between greedy evaluations on held-out problems, 0 = none", count_from(0));
  f("evaluate_problems", evaluate_problems, "problems of such an evaluation", count_from(1));
  f("checkpoint_every", checkpoint_every,
    "steps between checkpoints; one is written at the end and on interruption too", count_from(1));
  f("keep_checkpoints", keep_checkpoints, "newest checkpoints that are kept", count_from(1));
  f("keep_every", keep_every, "steps between checkpoints that are kept for good beside these, 0 = none", count_from(0));
}

void RlConfig::check() const {
  check_fields("rl", *this);
  tasks::find(task);  // refuses an unknown one before anything is made, even where a file of problems is asked
  require(minibatches <= prompts,
          "rl.minibatches is {}, there are no more than the {} prompts of a step to divide "
          "(rl.prompts)",
          minibatches, prompts);
  const double tokens = static_cast<double>(prompts) * static_cast<double>(group) * static_cast<double>(max_new_tokens);
  require(tokens <= 1e12, "rl.prompts · rl.group · rl.max_new_tokens is {:.0f} tokens a step: take fewer", tokens);
  grpo.check();
  lr.check("rl.lr");
}

}  // namespace millet::rl
