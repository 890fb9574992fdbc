#include "millet/report/demo_page.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "millet/report/demo.h"
#include "millet/report/markup.h"

namespace millet::report {

namespace {

// "10.9", where the figure that follows has the percent sign.
std::string bare_percent(double rate) {
  return std::isfinite(rate) ? fmt::format("{:.1f}", 100 * rate) : "–";
}

std::string header(const Demo& d) {
  const Summary& s = d.summary;
  const Controls controls = controls_of(d);
  const std::vector<Claim> all = claims(s);
  const bool holds = std::all_of(all.begin(), all.end(), [](const Claim& c) { return c.holds; });
  int64_t steps = 0;
  for (const MetricsRow& row : d.rl.metrics) steps = std::max(steps, row.step);
  std::string out = fmt::format(
      R"(<p class="kicker">Millet · R1-Zero in miniature · seed {}</p>
<h1>{}</h1>
<p class="lead">A model of DeepSeek-V3’s architecture, trained from random weights, solves {} of {} held-out problems when
it says what it finds most likely; chance is {}. After {} steps of reinforcement learning, in which it was told nothing but
whether its own answers were right and well-formed, it solves {}. Its responses went from {} to {} tokens.</p>
)",
      s.seed, holds ? "It learned to think before it answers" : "A model before and after reinforcement learning",
      percent(s.before.pass1), test_of(d.base).problems, percent(s.chance), steps, percent(s.after.pass1),
      tokens(s.before.length), tokens(s.after.length));
  return out + to_html(std::vector<Tile>{{.label = "held-out problems solved",
                                          .from = bare_percent(s.before.pass1),
                                          .to = percent(s.after.pass1),
                                          .note = fmt::format("greedy; chance is {}", percent(s.chance)),
                                          .main = true},
                                         {.label = "tokens in a response",
                                          .from = tokens(s.before.length),
                                          .to = tokens(s.after.length),
                                          .note = "mean, greedy"},
                                         {.label = "control: random reward",
                                          .from = bare_percent(s.before.pass1),
                                          .to = percent(s.random_reward.pass1),
                                          .note = random_reward_note(controls)},
                                         {.label = "control: more supervised training",
                                          .from = bare_percent(s.before.pass1),
                                          .to = percent(s.supervised.pass1),
                                          .note = supervised_note(controls)}});
}

}  // namespace

std::string demo_page(const std::filesystem::path& dir) {
  const Demo d = {.summary = read_summary(dir),
                  .base = read_run_data(dir / "base"),
                  .rl = read_run_data(dir / "rl"),
                  .random_reward = read_run_data(dir / "random_reward"),
                  .supervised = read_run_data(dir / "supervised")};
  return to_html(
      {.title = "Millet: R1-Zero in miniature",
       .header_html = header(d),
       .sections = {{"result", "Result", "The result, beside its controls", demo_result(d)},
                    {"curve", "Curve", "The curve", demo_curves(d)},
                    {"transcripts", "Transcripts", "In its own words", demo_transcripts(d)},
                    {"did", "What RL did", "What RL did", demo_learning(d)},
                    {"did-not", "What it did not", "What RL did not do", demo_limits(d)},
                    {"pre-training", "Pre-training", "Pre-training", demo_pretraining(d)},
                    {"ratio", "Ratio", "The ratio check", demo_ratio(d)},
                    {"time", "Time", "Time, recipe and machine", demo_provenance(d)}},
       .footer_html = R"(<p>Made from the files of this demonstration alone, by <code>millet report</code>. The
page asks nothing from outside. Charts by Chart.js (MIT).</p>
)"});
}

}  // namespace millet::report
