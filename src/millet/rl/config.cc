#include "millet/rl/config.h"

#include "millet/core/error.h"
#include "millet/infer/sampling_params.h"
#include "millet/rl/algorithms/list.h"
#include "millet/tasks/list.h"
#include "millet/train/checkpoint.h"

namespace millet::rl {

void RewardConfig::fields(Fields& f) {
  f("kind", kind,
    "rule: the task's verifier decides; random: a coin decides, whatever the answer (a control: format reward stays)",
    {"rule", "random"});
  f("accuracy", accuracy, "reward of a right answer", between(-1e6, 1e6));
  f("format", format, "reward of the form <think>…</think><answer>…</answer>", between(-1e6, 1e6));
  f("form", form,
    "the form that is rewarded; strict: all of it, and the end; think: one thought in the beginning, whatever follows "
    "(a right answer has the strict form in any case)",
    {"strict", "think"});
  f("random_share", random_share, "of kind = \"random\": how often the coin says right", between(0, 1));
  f("overlong", overlong, "greatest penalty of an answer that nears overlong_max, 0 = none (DAPO: 1)", between(0, 1e6));
  f("overlong_max", overlong_max, "tokens from which on the penalty is whole, 0 = rl.max_new_tokens", count_from(0));
  f("overlong_cache", overlong_cache, "tokens below overlong_max in which the penalty rises from 0", count_from(0));
  f("repetition", repetition, "greatest penalty of an answer that says the same n-grams again, 0 = none",
    between(0, 1e6));
  f("repetition_ngram", repetition_ngram, "n of these n-grams of tokens", count_from(1));
}

void RewardConfig::check(int64_t limit) const {
  if (overlong == 0) return;
  const SoftOverlong l = soft_overlong(limit);
  require(
      l.cache > 0 && l.cache <= l.max,
      "rl.reward.overlong_cache is {}, it must be one of 1..{} (rl.reward.overlong_max): the penalty rises over that "
      "many tokens",
      l.cache, l.max);
}

void RlConfig::fields(Fields& f) {
  f("algorithm", algorithm, "default values of other keys, as the paper of that name has them", algorithm_names());
  f("task", task, "the problems, by the name of their task");
  f("min", min, "least difficulty of a problem, 0 = the task's default", count_from(0));
  f("max", max, "greatest difficulty of a problem, 0 = the task's default", count_from(0));
  f("steps", steps, "steps of rollouts and updates", count_from(1));
  f("prompts", prompts, "problems of a step", count_from(1));
  f("group", group, "answers sampled to each problem (G)", count_from(2));
  f("draws", draws,
    "a step's groups whose answers are all right or all wrong are drawn anew, up to this many draws in all (DAPO's "
    "dynamic sampling), 1 = never",
    between(1, 1000));
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
  f("preflight", preflight,
    "problems asked before the first step, as a step would: a recipe that cannot learn is told; 0 = none",
    between(0, 1e6));
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
  reward.check(max_new_tokens);
  grpo.check();
  lr.check("rl.lr");
  train::check_kept_are_written("rl", checkpoint_every, keep_every);
}

std::vector<std::string> RlConfig::remarks() const {
  std::vector<std::string> all;
  const auto idle = [&](bool it_is, std::string_view key, std::string_view value, std::string_view why) {
    if (it_is) all.push_back(fmt::format("rl.{} = {} says nothing: {}", key, value, why));
  };
  const bool no_kl = grpo.kl_beta == 0, own = algorithm == "grpo";  // a relative brings its values along
  const GrpoConfig usual;
  idle(no_kl && grpo.kl_in != usual.kl_in, "grpo.kl_in", grpo.kl_in, "rl.grpo.kl_beta is 0");
  idle(no_kl && grpo.kl_estimator != usual.kl_estimator, "grpo.kl_estimator", grpo.kl_estimator,
       "rl.grpo.kl_beta is 0");
  idle(own && grpo.constant_length > 0 && grpo.normalisation != "constant", "grpo.constant_length",
       std::to_string(grpo.constant_length), "rl.grpo.normalisation is " + grpo.normalisation);
  idle(own && reward.overlong == 0 && reward.overlong_cache > 0, "reward.overlong_cache",
       std::to_string(reward.overlong_cache), "rl.reward.overlong is 0");
  idle(own && reward.overlong == 0 && reward.overlong_max > 0, "reward.overlong_max",
       std::to_string(reward.overlong_max), "rl.reward.overlong is 0");
  if (grpo.kl_in_loss() && grpo.kl_estimator == "k1") {
    all.emplace_back(
        "rl.grpo.kl_estimator = k1 has no gradient on average where it is a term of the loss: rl.grpo.kl_in = reward, "
        "or k2 or k3");
  }
  return all;
}

}  // namespace millet::rl
