#include "millet/rl/rewards.h"

#include <fmt/core.h>

#include "millet/core/rng.h"
#include "millet/rl/rules/overlong.h"
#include "millet/rl/rules/repetition.h"
#include "millet/rl/rules/think_form.h"

namespace millet::rl {

static bool in_form(const RewardConfig& config, const Answered& answer) {
  if (config.form == "strict") return answer.grade.response.well_formed;
  return think_form(answer.form.tokenizer().decode(answer.ids));
}

report::Reward reward(const RewardConfig& config, int64_t limit, const Answered& answer, const Coin& coin) {
  bool rewarded = answer.grade.right;
  if (config.kind == "random") {
    Rng rng(coin.seed, "random reward", static_cast<uint64_t>(coin.step), static_cast<uint64_t>(coin.sample));
    rewarded = rng.uniform() < config.random_share;
  }
  report::Reward r;
  const auto add = [&](const char* name, double value) {
    r.total += value;
    r.parts.emplace_back(name, value);
  };
  add("accuracy", rewarded ? config.accuracy : 0.0);
  add("format", in_form(config, answer) ? config.format : 0.0);
  if (config.overlong > 0) {
    add("overlong", config.overlong * soft_overlong(config.soft_overlong(limit), std::ssize(answer.ids)));
  }
  if (config.repetition > 0) {
    add("repetition", config.repetition * ngram_repetition(answer.ids, config.repetition_ngram));
  }
  return r;
}

std::string formula(const RewardConfig& c, int64_t limit) {
  std::string text = fmt::format("R_i = {}·[{}] + {}·[{}]", c.accuracy,
                                 c.kind == "random" ? fmt::format("a coin, {} of the time", c.random_share) : "right",
                                 c.format, c.form == "strict" ? "form" : "<think>…</think>…");
  std::string rules;
  if (c.overlong > 0) {
    text += fmt::format(" + {}·overlong", c.overlong);
    rules += "\n       " + formula(c.soft_overlong(limit));
  }
  if (c.repetition > 0) {
    text += fmt::format(" + {}·repetition", c.repetition);
    rules += "\n       " + repetition_formula(c.repetition_ngram);
  }
  return text + rules;
}

}  // namespace millet::rl
