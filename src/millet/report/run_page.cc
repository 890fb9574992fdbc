#include "millet/report/run_page.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "millet/io/file.h"
#include "millet/report/chart.h"
#include "millet/report/curves.h"
#include "millet/report/escape.h"
#include "millet/report/evaluation_page.h"
#include "millet/report/markup.h"
#include "millet/report/run_data.h"
#include "millet/report/transcripts.h"

namespace millet::report {

namespace {

constexpr size_t kSamples = 8;     // shown of samples.jsonl, spread over the run
constexpr size_t kRollouts = 6;    // shown of a step's rollouts
constexpr size_t kLogLines = 200;  // the last of log.txt

// How a name is drawn: names of docs/run_directory.md, in the order of the page.
struct Known {
  const char *phase, *name, *title;
  Unit unit = Unit::number;
  const char* note = "";
};
constexpr Known kKnown[] = {
    {"rl", "accuracy", "Accuracy of rollouts, T = 1", Unit::fraction},
    {"eval", "pass1", "Greedy accuracy, held-out problems", Unit::fraction},
    {"rl", "reward", "Reward"},
    {"rl", "length", "Length of responses, T = 1", Unit::tokens},
    {"eval", "length", "Length of responses, greedy", Unit::tokens},
    {"rl", "thinks", "Responses that think, T = 1", Unit::fraction},
    {"rl", "entropy", "Entropy, nats per token", Unit::number,
     "Estimated from the sampled tokens: the mean of their −log p."},
    {"rl", "zero_variance", "Groups without variance", Unit::fraction},
    {"rl", "wait", "“wait” in a response"},
    {"rl", "wait_long", "“wait” among responses that think"},
    {"train", "mtp_loss", "MTP loss"},
    {"train", "balance_loss", "Balance loss"},
    {"train", "lr", "Learning rate"},
    {"train", "grad_norm", "Gradient norm"},
    {"train", "mfu", "Model FLOPs utilisation", Unit::fraction},
    {"rl", "lr", "Learning rate"},
    {"rl", "grad_norm", "Gradient norm"},
    {"rl", "mfu", "Model FLOPs utilisation", Unit::fraction},
};

Chart plain_chart(const RunData& run, const char* phase, const std::string& name, const std::string& title, Unit unit) {
  return {.title = title,
          .x = "step",
          .y = "",
          .unit = unit,
          .series = {{.name = name, .role = Role::main, .points = curve(run.metrics, phase, name)}}};
}

int64_t last_step(const RunData& run) {
  int64_t step = 0;
  for (const MetricsRow& row : run.metrics) step = std::max(step, row.step);
  return step;
}

std::string header(const RunData& run) {
  const std::string name = std::filesystem::weakly_canonical(run.dir).filename().string();
  std::string out = fmt::format("<p class=\"kicker\">Millet · {} · seed {}</p>\n<h1>{}</h1>\n",
                                escape_html(run.info.verb), run.info.seed, escape_html(name));
  const std::string why = run.info.reason.empty() ? "" : fmt::format(": {}", run.info.reason);
  out += fmt::format("<p class=\"lead\">{} step{} in {}, {}{}.</p>\n", last_step(run), last_step(run) == 1 ? "" : "s",
                     duration(run.info.seconds), escape_html(run.info.state), escape_html(why));
  std::vector<Tile> tiles;
  const auto way = [&](const char* label, const char* phase, const char* key, Unit unit, bool main) {
    const std::vector<Point> points = curve(run.metrics, phase, key);
    if (points.empty()) return;
    tiles.push_back({.label = label,
                     .from = points.size() > 1 ? figure(points.front().y, unit) : "",
                     .to = figure(points.back().y, unit),
                     .note = "",
                     .main = main});
  };
  way("accuracy, greedy", "eval", "pass1", Unit::fraction, true);
  way("accuracy of rollouts", "rl", "accuracy", Unit::fraction, false);
  way("tokens in a response", "rl", "length", Unit::tokens, false);
  way("validation loss", "validate", "loss", Unit::number, true);
  way("training loss", "train", "loss", Unit::number, false);
  const double trained = sum(run.metrics, "train", "tokens");
  if (trained > 0)
    tiles.push_back({.label = "tokens", .from = "", .to = figure(trained, Unit::count), .note = "trained on"});
  const double compared = sum(run.metrics, "rl", "ratio_tokens");
  if (compared > 0)
    tiles.push_back({.label = "ratio not exactly 1",
                     .from = "",
                     .to = figure(sum(run.metrics, "rl", "ratio_mismatches"), Unit::count),
                     .note = fmt::format("of {} tokens", figure(compared, Unit::count))});
  return out + (tiles.empty() ? "" : to_html(tiles));
}

std::string curves(const RunData& run, std::set<std::string>& drawn) {
  std::string out;
  if (run.has("train") || run.has("validate")) {
    Chart loss = loss_chart(run.metrics);
    loss.wide = true;
    out += to_html(std::move(loss));
    drawn.insert({"train/loss", "validate/loss"});
  }
  for (const Known& k : kKnown) {
    Chart chart = plain_chart(run, k.phase, k.name, k.title, k.unit);
    chart.min = 0;
    chart.note = k.note;
    out += to_html(std::move(chart));
    drawn.insert(fmt::format("{}/{}", k.phase, k.name));
  }
  for (const char* phase : {"train", "rl"}) {
    out += to_html(max_vio_chart(run.metrics, phase));
    out += to_html(expert_load_chart(run.metrics, phase));
    drawn.insert(fmt::format("{}/max_vio", phase));
  }
  return out.empty() ? "" : fmt::format("<div class=\"charts\">\n{}</div>\n", out);
}

// Every other name that has values, folded.
std::string other_numbers(const RunData& run, const std::set<std::string>& drawn) {
  std::set<std::pair<std::string, std::string>> names;
  for (const MetricsRow& row : run.metrics) {
    for (const auto& [name, value] : row.values) {
      const bool known =
          drawn.contains(row.phase + "/" + name) || name.starts_with("expert_load/") || name.starts_with("max_vio/");
      if (!known && std::isfinite(value)) names.emplace(row.phase, name);
    }
  }
  std::string out;
  for (const auto& [phase, name] : names)
    out += to_html(plain_chart(run, phase.c_str(), name, fmt::format("{}: {}", phase, name), unit_of(name)));
  if (out.empty()) return "";
  return fold(fmt::format("{} more", names.size()), fmt::format("<div class=\"charts\">\n{}</div>\n", out));
}

std::string samples(const RunData& run) {
  const std::vector<Sample> all = read_samples(run.dir);
  std::string out;
  const size_t shown = std::min(all.size(), kSamples);
  for (size_t i = 0; i < shown; ++i) {
    const Sample& s = all[shown == 1 ? 0 : i * (all.size() - 1) / (shown - 1)];
    out += heading(fmt::format("step {}", s.step));
    out += fmt::format("<pre class=\"sample\"><span class=\"quiet\">{}</span>{}</pre>\n", escape_html(s.prompt),
                       escape_html(s.text));
  }
  return out;
}

std::string rollouts(const RunData& run) {
  const std::vector<int64_t> steps = rollout_steps(run.dir);
  if (steps.empty()) return "";
  std::string out;
  for (const int64_t step : std::set<int64_t>{steps.front(), steps[steps.size() / 2], steps.back()}) {
    // One response of each of the first groups: sixteen to one prompt say little more than one.
    std::vector<AnsweredProblem> problems;
    std::set<int64_t> groups;
    for (const Rollout& r : read_rollouts(run.dir, step)) {
      if (problems.size() == kRollouts || !groups.insert(r.group).second) continue;
      const std::string who = fmt::format("reward {:.3g}, advantage {:+.3f}", r.reward.total, r.advantage);
      problems.push_back({.prompt = r.prompt, .right_answer = r.right_answer, .answers = {answer_of(r, who)}});
    }
    out += heading(fmt::format("step {}", step)) + to_html(problems, 3);
  }
  return out;
}

std::string evaluations(const RunData& run) {
  if (run.evaluations.empty()) return "";
  std::string more;
  for (const Evaluation& e : run.evaluations) {
    Chart chart = {.kind = Chart::Kind::bars,
                   .title = e.name,
                   .note = "Greedy accuracy by difficulty.",
                   .x = e.unit,
                   .y = "",
                   .unit = Unit::fraction,
                   .min = 0,
                   .max = 1};
    Series series{.name = "greedy", .role = Role::main, .points = {}};
    for (const DifficultyRow& row : e.by_difficulty) {
      chart.labels.push_back(std::to_string(row.difficulty));
      series.points.push_back({0, row.pass1});
    }
    chart.series.push_back(std::move(series));
    more += to_html(std::move(chart));
  }
  const EvaluatedModel model{std::filesystem::weakly_canonical(run.dir).filename().string(), run.evaluations};
  std::string out = evaluation_table(std::span(&model, 1));
  if (!more.empty()) out += fmt::format("<div class=\"charts\">\n{}</div>\n", more);
  for (const Evaluation& e : run.evaluations) {
    const auto problems = side_by_side({{"", &e}});
    if (!problems.empty()) out += heading(e.name) + to_html(problems, 3);
  }
  return out;
}

std::string log(const RunData& run) {
  const std::filesystem::path file = run.dir / "log.txt";
  if (!std::filesystem::exists(file)) return "";
  const std::string text = io::read_file(file);
  size_t begin = text.size();
  for (size_t lines = 0; begin > 0; --begin) {
    if (text[begin - 1] == '\n' && lines++ == kLogLines) break;
  }
  return fold("log.txt", preformatted(std::string_view(text).substr(begin)));
}

}  // namespace

std::string run_page(const std::filesystem::path& dir) {
  const RunData run = read_run_data(dir);
  std::set<std::string> drawn;
  const std::string main_curves = curves(run, drawn);
  const std::string title = std::filesystem::weakly_canonical(dir).filename().string();
  return to_html(
      {.title = fmt::format("Millet: {}", title),
       .header_html = header(run),
       .sections = {{"curves", "Curves", "Curves", main_curves},
                    {"evaluations", "Evaluations", "Evaluations", evaluations(run)},
                    {"samples", "Samples", "Samples", samples(run)},
                    {"rollouts", "Rollouts", "Rollouts", rollouts(run)},
                    {"numbers", "Numbers", "All other numbers", other_numbers(run, drawn)},
                    {"recipe", "Recipe", "Recipe and machine",
                     facts_html(run) + fold("recipe, every key with its origin", preformatted(run.recipe)) + log(run)}},
       .footer_html = R"(<p>Made from the files of this run alone, by <code>millet report</code>. The page asks nothing
from outside. Charts by Chart.js (MIT).</p>
)"});
}

}  // namespace millet::report
