// What reinforcement learning did not do: problems longer than any seen, printed as they are.
#include <fmt/core.h>

#include <algorithm>

#include "millet/report/demo.h"
#include "millet/report/markup.h"
#include "millet/report/transcripts.h"

namespace millet::report {

namespace {

std::string unit_of(const Evaluation& e) {
  return e.unit.empty() ? "difficulty" : e.unit;
}

DifficultyRow row_of(const Evaluation& e, int64_t difficulty) {
  for (const DifficultyRow& row : e.by_difficulty) {
    if (row.difficulty == difficulty) return row;
  }
  return {};
}

// Accuracy against difficulty, on the held-out problems and, after a gap, on the longer ones.
Chart difficulty_chart(const Demo& d, const Evaluation& longer_before, const Evaluation& longer_after) {
  Chart chart = {.kind = Chart::Kind::bars,
                 .title = "Accuracy by length of the problem",
                 .note = "Greedy. Right of the gap: longer than anything in pre-training or RL.",
                 .x = unit_of(longer_after),
                 .y = "",
                 .unit = Unit::fraction,
                 .min = 0,
                 .max = 1,
                 .wide = true};
  Series before{.name = "before RL", .role = Role::control, .points = {}};
  Series after{.name = "after RL", .role = Role::main, .points = {}};
  const auto add = [&](const std::string& label, double old_rate, double new_rate) {
    chart.labels.push_back(label);
    before.points.push_back({0, old_rate});
    after.points.push_back({0, new_rate});
  };
  for (const DifficultyRow& row : test_of(d.rl).by_difficulty)
    add(std::to_string(row.difficulty), row_of(test_of(d.base), row.difficulty).pass1, row.pass1);
  add("", kUnknown, kUnknown);
  for (const DifficultyRow& row : longer_after.by_difficulty)
    add(std::to_string(row.difficulty), row_of(longer_before, row.difficulty).pass1, row.pass1);
  chart.series = {std::move(before), std::move(after)};
  return chart;
}

// Short is not easy: what was never practised is new, whichever way it differs.
std::string shorter_note(const Evaluation& practised) {
  int64_t least = 0;
  for (const DifficultyRow& row : practised.by_difficulty)
    least = least == 0 ? row.difficulty : std::min(least, row.difficulty);
  if (least < 2) return "";
  return paragraph(fmt::format(
      "Shorter problems were not practised either. The shortest held-out ones have {} {}, as in pre-training "
      "and RL; one of fewer is as new to the model as a longer one, and none is asked here.",
      least, unit_of(practised)));
}

}  // namespace

std::string demo_limits(const Demo& d) {
  const Evaluation *before = d.base.evaluation("longer"), *after = d.rl.evaluation("longer");
  if (before == nullptr || after == nullptr) return "";
  const bool learned = test_of(d.rl).pass1 >= 0.9;  // at the lengths that were practised
  const char* const moral = after->pass1 >= 0.9 ? "At these lengths, too, the habit carries."
                            : learned ? R"(The method that the thoughts spell out would work at any length; what
was learned is to carry it out at the lengths that were practised.)"
                                      : "";
  std::string out =
      fmt::format(R"(<p>Problems longer than any in pre-training or RL, printed as they are: greedily, {} of
{} are right before RL and {} after it, where guessing gets {}. {}</p>
<div class="charts">
)",
                  percent(before->pass1), before->problems, percent(after->pass1), percent(after->chance), moral);
  out += to_html(difficulty_chart(d, *before, *after)) + "</div>\n";
  Table table{.head = {unit_of(*after), "problems", "before RL", "after RL", "length before", "length after"}};
  for (const DifficultyRow& row : after->by_difficulty) {
    const DifficultyRow old = row_of(*before, row.difficulty);
    table.rows.push_back({std::to_string(row.difficulty), std::to_string(row.problems), percent(old.pass1),
                          percent(row.pass1), tokens(old.length), tokens(row.length)});
  }
  out += to_html(table);
  out += shorter_note(test_of(d.rl));
  const auto problems = side_by_side({{"before RL", before}, {"after RL", after}});
  if (!problems.empty()) out += heading("Some of them, as answered") + to_html(problems, 2);
  return out;
}

}  // namespace millet::report
