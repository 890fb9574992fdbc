#include "millet/rl/preflight.h"

#include <fmt/core.h>

#include "millet/rl/rollout.h"

namespace millet::rl {

// A step in which fewer groups than this share are mixed mostly computes zeros.
static constexpr double kFewMixed = 0.1;
static constexpr double kMostTruncated = 0.9;

Preflight preflight(std::span<const report::Rollout> rollouts) {
  Preflight facts;
  std::vector<eval::Cluster> problems;
  for (size_t begin = 0; begin < rollouts.size();) {
    int64_t rewarded = 0;
    bool differs = false;
    eval::Cluster problem;
    size_t end = begin;
    for (; end < rollouts.size() && rollouts[end].group == rollouts[begin].group; ++end) {
      const report::Rollout& r = rollouts[end];
      problem.right += r.right ? 1 : 0;
      facts.well_formed += r.well_formed ? 1 : 0;
      facts.truncated += r.truncated ? 1 : 0;
      rewarded += counts_as_right(r) ? 1 : 0;
      differs = differs || r.reward.total != rollouts[begin].reward.total;
    }
    problem.answers = static_cast<int64_t>(end - begin);
    facts.right += problem.right;
    facts.groups.add(rewarded, problem.answers);
    facts.differing += differs ? 1 : 0;
    problems.push_back(problem);
    begin = end;
  }
  facts.answers = std::ssize(rollouts);
  facts.sure = eval::clustered(problems);
  return facts;
}

std::string describe(const Preflight& f) {
  return fmt::format(
      "pre-flight: {:.1f} % of {} answers to {} problems are right ({:.1f} to {:.1f} %); groups by reward: {} mixed, "
      "{} all right, {} all wrong; {} with rewards that differ",
      100 * f.share(f.right), f.answers, f.groups.groups(), 100 * f.sure.low, 100 * f.sure.high, f.groups.mixed,
      f.groups.all_right, f.groups.all_wrong, f.differing);
}

std::vector<std::string> warnings(const Preflight& f, const RlConfig& config) {
  std::vector<std::string> all;
  const int64_t groups = f.groups.groups();
  if (f.share(f.truncated) > kMostTruncated) {
    all.push_back(
        fmt::format("pre-flight: {:.0f} % of the answers were cut off, which are never right: raise rl.max_new_tokens "
                    "({})",
                    100 * f.share(f.truncated), config.max_new_tokens));
  }
  if (f.well_formed == 0) {
    all.push_back(fmt::format(
        "pre-flight: none of {} answers has the form, and what cannot be read is never right: train the base on "
        "answers in the form first",
        f.answers));
  } else if (f.groups.all_wrong == groups && f.differing > 0) {
    all.push_back(fmt::format(
        "pre-flight: no answer was rewarded as right, so all that {} of {} groups can prefer is the form and what else "
        "is rewarded: ask easier problems (rl.min, rl.max), sample more (rl.group, now {}) or train the base longer",
        f.differing, groups, config.group));
  } else if (f.groups.all_wrong == groups) {
    all.push_back(fmt::format(
        "pre-flight: no answer was rewarded as right, so there is nothing to prefer and this recipe cannot learn: ask "
        "easier problems (rl.min, rl.max), sample more (rl.group, now {}) or train the base longer",
        config.group));
  } else if (f.groups.all_right == groups && f.differing > 0) {
    all.push_back(fmt::format(
        "pre-flight: every answer was rewarded as right, so all that {} of {} groups can prefer is the form and what "
        "else is rewarded: ask harder problems (rl.min, rl.max)",
        f.differing, groups));
  } else if (f.groups.all_right == groups) {
    all.emplace_back(
        "pre-flight: every answer was rewarded as right, so there is nothing left to learn: ask harder problems "
        "(rl.min, rl.max)");
  } else if (f.groups.share(f.groups.mixed) < kFewMixed) {
    all.push_back(fmt::format(
        "pre-flight: only {} of {} groups have right and wrong answers, the others teach nothing: ask {} problems "
        "(rl.min, rl.max), sample more (rl.group, now {}) or have such groups drawn anew (rl.draws)",
        f.groups.mixed, groups, f.groups.all_wrong > f.groups.all_right ? "easier" : "harder", config.group));
  }
  return all;
}

report::MetricsRow preflight_row(const Preflight& f) {
  return {.step = 0,
          .phase = "preflight",
          .values = {{"accuracy", f.share(f.right)},
                     {"accuracy_low", f.sure.low},
                     {"accuracy_high", f.sure.high},
                     {"format", f.share(f.well_formed)},
                     {"truncated", f.share(f.truncated)},
                     {"mixed", f.groups.share(f.groups.mixed)},
                     {"all_right", f.groups.share(f.groups.all_right)},
                     {"all_wrong", f.groups.share(f.groups.all_wrong)},
                     {"differing", f.groups.share(f.differing)}}};
}

}  // namespace millet::rl
