#include "millet/report/evaluation_page.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "millet/report/chart.h"
#include "millet/report/escape.h"
#include "millet/report/markup.h"
#include "millet/report/transcripts.h"

namespace millet::report {

namespace {

constexpr size_t kShownAnswers = 3;  // of a set; the others are folded

Role model_role(size_t i) {
  static constexpr Role kRoles[] = {Role::main, Role::control, Role::second, Role::third};
  return i < std::size(kRoles) ? kRoles[i] : Role::faint;
}

std::string at_k(double share, int64_t k) {
  return fmt::format("{} (k = {})", percent(share), k);
}

// The evaluations of one name, with their models, in the order of the models.
using Same = std::vector<std::pair<const EvaluatedModel*, const Evaluation*>>;

std::vector<std::pair<std::string, Same>> by_set(std::span<const EvaluatedModel> models) {
  std::vector<std::pair<std::string, Same>> sets;
  for (const EvaluatedModel& m : models) {
    for (const Evaluation& e : m.evaluations) {
      auto at = std::find_if(sets.begin(), sets.end(), [&](const auto& set) { return set.first == e.name; });
      if (at == sets.end()) at = sets.insert(sets.end(), {e.name, {}});
      at->second.emplace_back(&m, &e);
    }
  }
  return sets;
}

// Was each asked the same problems? Without a hash of them nobody knows.
bool same_problems(const Same& same) {
  const std::string& set = same.front().second->set;
  return same.size() == 1 ||
         (!set.empty() && std::ranges::all_of(same, [&](const auto& of) { return of.second->set == set; }));
}

// Problems are counted once where all were asked the same, else for each model.
std::string difficulty_table(const Same& same) {
  Table table{.head = {same.front().second->unit.empty() ? "difficulty" : same.front().second->unit}};
  const bool counted_once = same_problems(same);
  if (counted_once) table.head.emplace_back("problems");
  std::map<int64_t, std::vector<const DifficultyRow*>> rows;
  for (size_t i = 0; i < same.size(); ++i) {
    const std::string who = same.size() > 1 ? same[i].first->name + ": " : "";
    if (!counted_once) table.head.push_back(who + "problems");
    table.head.push_back(who + "greedy pass@1");
    table.head.push_back(who + "length");
    for (const DifficultyRow& row : same[i].second->by_difficulty) {
      auto& at = rows[row.difficulty];
      at.resize(same.size(), nullptr);
      at[i] = &row;
    }
  }
  for (const auto& [difficulty, all] : rows) {
    std::vector<std::string> cells{std::to_string(difficulty)};
    const auto any = std::ranges::find_if(all, [](const DifficultyRow* row) { return row != nullptr; });
    if (counted_once) cells.push_back(std::to_string((*any)->problems));
    for (const DifficultyRow* row : all) {
      if (!counted_once) cells.push_back(row != nullptr ? std::to_string(row->problems) : "–");
      cells.push_back(row != nullptr ? percent(row->pass1) : "–");
      cells.push_back(row != nullptr ? tokens(row->length) : "–");
    }
    table.rows.push_back(std::move(cells));
  }
  return table.rows.empty() ? "" : to_html(table);
}

std::string set_charts(const Same& same) {
  Chart difficulty{.kind = Chart::Kind::bars,
                   .title = "Greedy accuracy by difficulty",
                   .x = same.front().second->unit,
                   .y = "",
                   .unit = Unit::fraction,
                   .min = 0,
                   .max = 1};
  std::map<int64_t, size_t> labels;
  for (const auto& [m, e] : same) {
    for (const DifficultyRow& row : e->by_difficulty) labels.emplace(row.difficulty, 0);
  }
  for (auto& [value, index] : labels) {
    index = difficulty.labels.size();
    difficulty.labels.push_back(std::to_string(value));
  }
  Chart k{.title = "One of k samples right",
          .note = "pass@k, estimated without bias.",
          .x = "k",
          .y = "",
          .unit = Unit::fraction,
          .min = 0,
          .max = 1};
  for (size_t i = 0; i < same.size(); ++i) {
    const auto& [m, e] = same[i];
    Series bars{.name = m->name, .role = model_role(i), .points = std::vector<Point>(labels.size(), {0, kUnknown})};
    for (const DifficultyRow& row : e->by_difficulty) bars.points[labels.at(row.difficulty)].y = row.pass1;
    difficulty.series.push_back(std::move(bars));
    Series line{.name = m->name, .role = model_role(i), .points = {}};
    for (const PassAt& at : e->sampled.pass_at) line.points.push_back({static_cast<double>(at.k), at.pass});
    k.series.push_back(std::move(line));
  }
  const std::string both = to_html(std::move(difficulty)) + to_html(std::move(k));
  return both.empty() ? "" : fmt::format("<div class=\"charts\">\n{}</div>\n", both);
}

// Answers side by side where the problems were the same, else model by model.
std::string answers_of(const Same& same, bool named) {
  if (same_problems(same)) {
    std::vector<std::pair<std::string, const Evaluation*>> all;
    for (const auto& [m, e] : same) all.emplace_back(named ? m->name : "", e);
    return to_html(side_by_side(all), kShownAnswers);
  }
  std::string out = paragraph(
      "The models were asked other problems (another seed, range or number): only their shares compare, and their "
      "answers stand apart.");
  for (const auto& [m, e] : same) out += heading(m->name) + to_html(side_by_side({{"", e}}), kShownAnswers);
  return out;
}

std::string paired_table(std::span<const EvaluatedModel> models, std::span<const PairedOutcome> paired) {
  if (paired.empty()) return "";
  const std::string &first = models[0].name, &second = models[1].name;
  Table table{.head = {"problems", "both right", "only " + first, "only " + second, "neither", "by luck alone (p)"}};
  for (const PairedOutcome& p : paired) {
    table.rows.push_back({p.set, std::to_string(p.both), std::to_string(p.only_first), std::to_string(p.only_second),
                          std::to_string(p.neither), fmt::format("{:.2g}", p.p)});
  }
  return to_html(table) +
         paragraph(
             "The same problems, answered greedily. p: how often fair coins would part the problems on which the two "
             "differ at least so unevenly (McNemar's test, exact).");
}

// What counts as wrong without having been judged, where there is such.
std::string left_out(std::span<const EvaluatedModel> models) {
  Table table{.head = {"model", "set", "not judged", "too long to ask", "the first of these"}, .rows = {}};
  for (const EvaluatedModel& m : models) {
    for (const Evaluation& e : m.evaluations) {
      if (e.checker_failures == 0 && e.too_long == 0) continue;
      table.rows.push_back({m.name, e.name, std::to_string(e.checker_failures), std::to_string(e.too_long),
                            e.first_too_long.empty() ? "–" : e.first_too_long});
    }
  }
  return table.rows.empty() ? "" : to_html(table) + paragraph("These count as wrong.");
}

// Where the model's positions end before the longest answer does.
std::string limited(std::span<const EvaluatedModel> models) {
  std::string out;
  for (const EvaluatedModel& m : models) {
    for (const Evaluation& e : m.evaluations) {
      if (e.limited == 0) continue;
      out +=
          paragraph(fmt::format("{}, {}: {} of {} problems leave fewer positions than the {} tokens that an answer may "
                                "have; answers to these are cut off where the positions end, the first at {}.",
                                m.name, e.name, e.limited, e.problems, e.max_new_tokens, e.lowest_limit));
    }
  }
  return out;
}

}  // namespace

std::string evaluation_table(std::span<const EvaluatedModel> models) {
  Table greedy{
      .head = {"model", "set", "task", "problems", "chance", "greedy pass@1", "95 %", "length", "cut off", "thinks"},
      .rows = {}};
  Table sampled{.head = {"model", "set", "problems", "T", "pass@1", "pass@k", "cons@k", "length", "cut off", "thinks"},
                .rows = {}};
  for (const auto& [name, same] : by_set(models)) {
    for (const auto& [m, e] : same) {
      greedy.rows.push_back({m->name, name, e->task, std::to_string(e->problems), percent(e->chance), percent(e->pass1),
                             fmt::format("{} – {}", percent(e->pass1_low), percent(e->pass1_high)), tokens(e->length),
                             percent(e->truncated), percent(e->thinks)});
      const Sampling& s = e->sampled;
      if (s.k == 0) continue;
      sampled.rows.push_back({m->name, name, std::to_string(s.problems), fmt::format("{:.2g}", s.temperature),
                              percent(s.pass1), at_k(s.pass_k, s.k), at_k(s.cons_k, s.k), tokens(s.length),
                              percent(s.truncated), percent(s.thinks)});
    }
  }
  if (greedy.rows.empty()) return "";
  return to_html(greedy) + left_out(models) + limited(models) +
         (sampled.rows.empty() ? "" : heading("Samples") + to_html(sampled));
}

std::string evaluation_page(std::span<const EvaluatedModel> models, std::span<const PairedOutcome> paired) {
  std::string title;
  for (const EvaluatedModel& m : models) title += (title.empty() ? "" : " against ") + m.name;
  Document document{
      .title = fmt::format("Millet: {}", title),
      .header_html = fmt::format("<p class=\"kicker\">Millet · evaluation</p>\n<h1>{}</h1>\n", escape_html(title)),
      .sections = {{"all", "All", "All measures", evaluation_table(models)},
                   {"paired", "Problem by problem", "Problem by problem", paired_table(models, paired)}},
      .footer_html = R"(<p>Made by <code>millet eval</code> from the evaluations alone. The page asks nothing
from outside. Charts by Chart.js (MIT).</p>
)"};
  for (const auto& [name, same] : by_set(models)) {
    document.sections.push_back({"set-" + name, name, fmt::format("{}: {}", name, same.front().second->task),
                                 set_charts(same) + difficulty_table(same) + answers_of(same, models.size() > 1)});
  }
  return to_html(document);
}

}  // namespace millet::report
