// What reinforcement learning did: R1's two curves in miniature, and what moved underneath.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "millet/report/curves.h"
#include "millet/report/demo.h"
#include "millet/report/markup.h"

namespace millet::report {

Chart with_control(const Demo& d, std::string_view name, std::string_view title, std::string_view note, Unit unit) {
  return {
      .title = std::string(title),
      .note = std::string(note),
      .x = "RL step",
      .y = "",
      .unit = unit,
      .min = 0,
      .series = {{.name = "RL", .role = Role::main, .points = curve(d.rl.metrics, "rl", name)},
                 {.name = "random reward", .role = kControl, .points = curve(d.random_reward.metrics, "rl", name)}}};
}

namespace {

constexpr double kMarked = 0.05;  // by which a share has to rise to be spoken of

// Greedy answers on held-out problems and rollouts at T = 1 in one chart, of RL and of its control.
Chart greedy_and_sampled(const Demo& d, std::string_view greedy, std::string_view sampled) {
  Chart chart = {.x = "RL step", .y = "", .min = 0, .wide = true};
  const auto add = [&](const RunData& run, const std::string& prefix, Role role) {
    chart.series.push_back({.name = prefix + "greedy", .role = role, .points = curve(run.metrics, "eval", greedy)});
    chart.series.push_back(
        {.name = prefix + "T = 1", .role = role, .soft = true, .points = curve(run.metrics, "rl", sampled)});
  };
  add(d.rl, "", Role::main);
  add(d.random_reward, "random reward, ", kControl);
  return chart;
}

// How the rollouts of one step divide into those that think and those that answer at once.
struct Modes {
  int64_t thinking = 0, thinking_right = 0, direct = 0, direct_right = 0;
};

Modes modes_of(const RunData& run, int64_t step) {
  Modes m;
  for (const Rollout& r : read_rollouts(run.dir, step)) {
    (r.thinking.empty() ? m.direct : m.thinking) += 1;
    if (r.right) (r.thinking.empty() ? m.direct_right : m.thinking_right) += 1;
  }
  return m;
}

double share(int64_t part, int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : kUnknown;
}

std::string times(double mean) {
  return std::isfinite(mean) ? fmt::format("{:.3f}", mean) : "–";
}

// Selecting (more responses think) and sharpening (thoughts are right more often), told apart.
std::string modes_table(const Demo& d) {
  const std::vector<int64_t> steps = rollout_steps(d.rl.dir);
  if (steps.empty()) return "";
  Table table{.head = {"rollouts of RL", "think", "right when thinking", "right when answering at once"}};
  for (const int64_t step : std::set<int64_t>{steps.front(), steps[steps.size() / 4], steps.back()}) {
    const Modes m = modes_of(d.rl, step);
    table.rows.push_back({fmt::format("step {}", step), percent(share(m.thinking, m.thinking + m.direct)),
                          percent(share(m.thinking_right, m.thinking)), percent(share(m.direct_right, m.direct))});
  }
  return to_html(table);
}

}  // namespace

std::string demo_curves(const Demo& d) {
  Chart accuracy = greedy_and_sampled(d, "pass1", "accuracy");
  accuracy.title = "Accuracy";
  accuracy.note = "Share of right answers: greedy on held-out problems, and of the rollouts at T = 1.";
  accuracy.unit = Unit::fraction;
  accuracy.max = 1;
  double last_step = 0;
  for (const MetricsRow& row : d.rl.metrics) last_step = std::max(last_step, static_cast<double>(row.step));
  if (std::isfinite(d.summary.chance)) {
    accuracy.series.push_back({.name = "chance",
                               .role = Role::faint,
                               .dashed = true,
                               .points = {{0, d.summary.chance}, {last_step, d.summary.chance}}});
  }
  Chart length = greedy_and_sampled(d, "length", "length");
  length.title = "Length of responses";
  length.note = "Tokens, mean. No reward asks for longer ones.";
  length.unit = Unit::tokens;
  const Outcome &before = d.summary.before, &after = d.summary.after;
  const bool together = after.pass1 >= before.pass1 + kMarked && after.length >= 1.1 * before.length;
  return fmt::format(
             R"(<p>The two curves of DeepSeek-R1-Zero in miniature: a rule rewards right answers and, a little, their
form. Thinking itself is not rewarded{} The blue curves are )",
             together ? ", and yet accuracy rises and responses lengthen together."
                      : fmt::format(". Greedy accuracy went from {} to {}, the length of responses from {} to {} "
                                    "tokens.",
                                    percent(before.pass1), percent(after.pass1), tokens(before.length),
                                    tokens(after.length))) +
         std::string(controls_of(d).random_reward.empty() ? "the same run with a reward drawn at random"
                                                          : "those of the random-reward control") +
         R"(.</p>
<div class="charts">
)" + to_html(std::move(accuracy)) +
         to_html(std::move(length)) + "</div>\n";
}

namespace {

// In words, what the figures say of how often it thinks, and of how often its thoughts are right.
std::string what_it_did(const Demo& d) {
  const Evaluation &before = test_of(d.base), &after = test_of(d.rl);
  const std::vector<int64_t> steps = rollout_steps(d.rl.dir);
  const Modes first = steps.empty() ? Modes{} : modes_of(d.rl, steps.front());
  const Modes last = steps.empty() ? Modes{} : modes_of(d.rl, steps.back());
  const double was_right = share(first.thinking_right, first.thinking);
  const double is_right = share(last.thinking_right, last.thinking);
  const bool selects = after.sampled.thinks >= before.sampled.thinks + kMarked;
  const bool sharpens = is_right >= was_right + kMarked;
  const std::string mode = "the long mode that pre-training put there.</strong> It does not invent it.";
  std::string out;
  if (selects && sharpens) out = "<strong>RL selects and sharpens " + mode;
  if (selects && !sharpens) out = "<strong>RL selects " + mode + " Its thoughts did not become right much more often.";
  if (!selects && sharpens) out = "<strong>RL sharpens " + mode + " It does not think much more often than before.";
  if (out.empty())
    out =
        "<strong>RL changed little here:</strong> neither how often the model thinks nor how often its thoughts are "
        "right rose by five points.";
  return "<p>" + out +
         fmt::format(R"(</p>
<p>Some of the pre-training examples think aloud before they answer. Greedily, the model that comes out of it thinks in {}
of its responses, sampled at temperature {:g} in {}; after RL in {} and {}. Of the rollouts that thought, {} were right in the
first step that is kept and {} in the last.</p>)",
                     percent(before.thinks), before.sampled.temperature, percent(before.sampled.thinks),
                     percent(after.thinks), percent(after.sampled.thinks), percent(was_right), percent(is_right));
}

}  // namespace

std::string demo_learning(const Demo& d) {
  const Evaluation &before = test_of(d.base), &after = test_of(d.rl);
  std::string out = "<div class=\"callout\">" + what_it_did(d) + "</div>\n";
  out += modes_table(d) + "<div class=\"charts\">\n";
  out += to_html(
      with_control(d, "thinks", "Responses that think", "Rollouts with a thought before the answer.", Unit::fraction));
  out += to_html(with_control(d, "entropy", "Entropy",
                              "In nats per token, estimated from the sampled tokens: the mean of their −log p."));
  out += to_html(with_control(d, "zero_variance", "Groups without variance",
                              "Groups whose rewards are all equal teach nothing.", Unit::fraction));
  out += to_html(with_control(d, "reward", "Reward",
                              "Mean over the rollouts of a step; in the control’s, “right” is drawn at random."));
  out += to_html(with_control(d, "wait", "“wait” per response", "How often a response takes a step back."));
  out += to_html(with_control(d, "wait_long", "“wait” per response that thinks", "The same among those alone."));
  out += "</div>\n" + heading("What became of “wait”");
  const Sampling &was = before.sampled, &is = after.sampled, &control = test_of(d.random_reward).sampled;
  return out + fmt::format(R"(<p>Where a thought of the pre-training mix takes a step back, it says “wait”. Sampled at
temperature {:g}, the word stands {} times in a response before RL and {} times after it; among responses that think, {} times
before and {} after. After the random reward, which rewards no thought, the two figures are {} and {}: a count that moves
proves nothing by itself.</p>
)",
                           was.temperature, times(was.wait), times(is.wait), times(was.wait_long), times(is.wait_long),
                           times(control.wait), times(control.wait_long));
}

}  // namespace millet::report
