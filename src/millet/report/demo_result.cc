// The result of a demonstration beside its controls.
#include <fmt/core.h>

#include <cmath>

#include "millet/report/demo.h"
#include "millet/report/escape.h"
#include "millet/report/markup.h"

namespace millet::report {

const Evaluation& test_of(const RunData& run) {
  static const Evaluation unknown;  // the page shows dashes
  const Evaluation* e = run.evaluation("test");
  return e == nullptr ? unknown : *e;
}

namespace {

// How often k guesses hold a right one.
double guessed(double chance, int64_t k) {
  return k > 0 ? 1 - std::pow(1 - chance, static_cast<double>(k)) : kUnknown;
}

}  // namespace

std::string demo_result(const Demo& d) {
  const Summary& s = d.summary;
  const int64_t k = test_of(d.base).sampled.k;
  Table table;
  table.head = {"",
                "greedy pass@1",
                fmt::format("pass@{}, T = 1", k > 0 ? std::to_string(k) : "k"),
                "length in tokens",
                "thinks, greedy",
                "thinks, T = 1"};
  const auto row = [&](const char* name, const Outcome& o, const RunData& run) {
    const Evaluation& e = test_of(run);
    table.rows.push_back(
        {name, percent(o.pass1), percent(o.passk), tokens(o.length), percent(e.thinks), percent(e.sampled.thinks)});
  };
  table.rows.push_back({"guessing", percent(s.chance), percent(guessed(s.chance, k)), "–", "–", "–"});
  row("before RL", s.before, d.base);
  row("after RL", s.after, d.rl);
  row("control: random reward", s.random_reward, d.random_reward);
  row("control: more pre-training", s.supervised, d.supervised);
  table.strong = {2};

  std::string out = to_html(table);
  out += R"(<p class="quiet small">Greedy: the most likely token each time. pass@k: the share of problems with a right
answer among k samples; k guesses reach the figure in the first row, so it says little here. Thinks: the share of
responses with a thought before the answer. The problems are in neither pre-training nor RL, by canonical form.</p>
)";
  out += "<ul class=\"claims\">\n";
  for (const Claim& c : claims(s)) {
    out += fmt::format("<li{}>{} <span class=\"figures\">{}</span></li>\n", c.holds ? "" : " class=\"fails\"",
                       escape_html(c.text), escape_html(c.figures));
  }
  return out + "</ul>\n" + demo_controls(d);
}

}  // namespace millet::report
