// Where a demonstration comes from: pre-training, the ratio check, time, recipes and machine.
#include <fmt/core.h>

#include <cmath>

#include "millet/report/curves.h"
#include "millet/report/demo.h"
#include "millet/report/markup.h"

namespace millet::report {

std::string demo_pretraining(const Demo& d) {
  if (d.base.metrics.empty()) return "";
  Chart loss = loss_chart(d.base.metrics);
  loss.wide = true;
  return R"(<p>Before any reward, the model learns the form of problems and answers, and the arithmetic of single steps,
from generated examples. Most of them answer at once; a minority thinks aloud.</p>
<div class="charts">
)" + to_html(std::move(loss)) +
         to_html(expert_load_chart(d.base.metrics, "train")) + to_html(max_vio_chart(d.base.metrics, "train")) +
         "</div>\n";
}

std::string demo_ratio(const Demo& d) {
  std::string out = R"(<p>Reinforcement learning divides the probability that the trainer gives a token by the one with
which it was sampled. Where rollouts and training run different code, this ratio is rarely exactly 1, and learning can
suffer. Here one forward and one set of kernels serve both, the experts’ routing included. Whether the two
log-probabilities are the same bits was compared for every token that entered the first minibatch of a step:</p>
)";
  Table table{.head = {"", "log-probabilities compared", "not the same bits"}};
  for (const RunData* run : {&d.rl, &d.random_reward})
    table.rows.push_back({run->dir.filename().string(), fmt::format("{:.0f}", sum(run->metrics, "rl", "ratio_tokens")),
                          fmt::format("{:.0f}", sum(run->metrics, "rl", "ratio_mismatches"))});
  out += to_html(table);
  const bool exact = d.summary.ratio_tokens > 0 && d.summary.ratio_mismatches == 0;
  return out + paragraph(exact ? "In the RL run the ratio was exactly 1, every time."
                               : "In the RL run it was not exactly 1 everywhere, or was not checked: the promise above "
                                 "does not hold for this demonstration.");
}

std::string demo_provenance(const Demo& d) {
  Chart chart = {
      .kind = Chart::Kind::bars, .title = "Seconds by phase", .x = "", .y = "seconds", .wide = true, .sideways = true};
  Series series{.name = "seconds", .role = Role::main, .points = {}};
  double total = 0;
  for (const auto& [phase, seconds] : d.summary.seconds) {
    chart.labels.push_back(phase);
    series.points.push_back({0, seconds});
    if (std::isfinite(seconds)) total += seconds;
  }
  chart.note = fmt::format("Together {}.", duration(total));
  const double rolled = sum(d.rl.metrics, "rl", "rollout_seconds");
  const double trained = sum(d.rl.metrics, "rl", "training_seconds");
  if (rolled + trained > 0)
    chart.note += fmt::format(" In the RL run, rollouts took {} and training {}.", duration(rolled), duration(trained));
  chart.series.push_back(std::move(series));
  std::string out = "<div class=\"charts\">\n" + to_html(std::move(chart)) + "</div>\n";
  out += paragraph(fmt::format("Recipe: {}. Seed: {}.", d.summary.recipe, d.summary.seed));
  for (const RunData* run : {&d.base, &d.rl, &d.random_reward, &d.supervised}) {
    const std::string recipe = fold("recipe, every key with its origin", preformatted(run->recipe));
    out += fold(run->dir.filename().string(), facts_html(*run) + recipe);
  }
  return out;
}

}  // namespace millet::report
