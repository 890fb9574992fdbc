// Whether the controls of a demonstration are controls: what the runs' own files say, so that the page claims no more.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "millet/report/demo.h"
#include "millet/report/escape.h"
#include "millet/report/markup.h"
#include "millet/report/recipe_values.h"

namespace millet::report {

namespace {

using Values = std::map<std::string, std::string>;

std::string value(const Values& values, const std::string& key) {
  const auto found = values.find(key);
  return found == values.end() ? "absent" : found->second;
}

// "rl.steps is 20, RL's is 40" where it is so.
void compare(const std::string& key, const std::string& own, const std::string& rl, std::vector<std::string>& out) {
  if (own != rl) out.push_back(fmt::format("{} is {}, RL’s is {}", key, own, rl));
}

int64_t steps_done(const RunData& run) {
  int64_t steps = 0;
  for (const MetricsRow& row : run.metrics) {
    if (row.phase == "rl") steps = std::max(steps, row.step);
  }
  return steps;
}

// FLOPs of all steps; not-a-number where they were not recorded.
double flops(const RunData& run, std::string_view phase) {
  double last = kUnknown;
  for (const MetricsRow& row : run.metrics) {
    if (row.phase == phase && std::isfinite(row["flops"])) last = row["flops"];
  }
  return last;
}

// A supervised run ends with the step that reaches the cost: its last step may go a little beyond.
constexpr double kSameCost = 0.02;

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : "; ") + part;
  return out;
}

}  // namespace

Controls controls_of(const Demo& d) {
  const Values rl = recipe_values(d.rl.recipe), random = recipe_values(d.random_reward.recipe),
               supervised = recipe_values(d.supervised.recipe);
  Controls c;
  std::set<std::string> keys = {"init", "seed"};
  for (const Values* values : {&rl, &random}) {
    for (const auto& [key, unused] : *values) {
      // How often it is measured and saved changes nothing of a run.
      const bool counts = key.starts_with("rl.") && !key.starts_with("rl.reward.") &&
                          !key.starts_with("rl.evaluate_") && key != "rl.checkpoint_every" &&
                          key != "rl.keep_checkpoints";
      if (counts) keys.insert(key);
    }
  }
  for (const std::string& key : keys) compare(key, value(random, key), value(rl, key), c.random_reward);
  const std::string kind = value(random, "rl.reward.kind");
  if (kind != "\"random\"") c.random_reward.push_back(fmt::format("its reward is {}, not random", kind));
  compare("the number of steps done", std::to_string(steps_done(d.random_reward)), std::to_string(steps_done(d.rl)),
          c.random_reward);
  compare("init", value(supervised, "init"), value(rl, "init"), c.supervised);
  c.cost = flops(d.supervised, "train") / flops(d.rl, "rl");
  return c;
}

std::string random_reward_note(const Controls& c) {
  return c.random_reward.empty() ? "same prompts, steps and learning rate" : "not the same run otherwise: see below";
}

std::string supervised_note(const Controls& c) {
  const std::string from = c.supervised.empty() ? "" : "; not from the same model";
  if (!std::isfinite(c.cost)) return "its FLOPs are not recorded" + from;
  if (std::abs(c.cost - 1) <= kSameCost) return "as many FLOPs as RL took" + from;
  return fmt::format("{:.2f} times the FLOPs of RL", c.cost) + from;
}

std::string demo_controls(const Demo& d) {
  const Controls c = controls_of(d);
  std::string out;
  if (!c.random_reward.empty())
    out +=
        fmt::format("<p><strong>The random-reward control is not the same run with another reward:</strong> {}.</p>\n",
                    escape_html(joined(c.random_reward)));
  if (!c.supervised.empty())
    out += fmt::format("<p><strong>The control of more supervised training began elsewhere:</strong> {}.</p>\n",
                       escape_html(joined(c.supervised)));
  if (std::isfinite(c.cost) && std::abs(c.cost - 1) > kSameCost)
    out += fmt::format(
        "<p><strong>The control of more supervised training did not cost what RL cost:</strong> {:.2f} times its "
        "FLOPs.</p>\n",
        c.cost);
  if (out.empty()) return "";
  return fmt::format("<div class=\"callout\">\n{}</div>\n", out);
}

}  // namespace millet::report
