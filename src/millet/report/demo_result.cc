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

std::string demo_result(const Demo& d) {
  const Summary& s = d.summary;
  const int64_t k = test_of(d.base).sampled.k;
  const double t = test_of(d.base).sampled.temperature;
  Table table;
  table.head = {"",
                "greedy pass@1",
                fmt::format("pass@1, T = {:g}", t),
                fmt::format("pass@{}, T = {:g}", k > 0 ? std::to_string(k) : "k", t),
                "length in tokens",
                "thinks, greedy",
                fmt::format("thinks, T = {:g}", t)};
  const auto row = [&](const char* name, const Outcome& o, const RunData& run) {
    const Evaluation& e = test_of(run);
    table.rows.push_back({name, percent(o.pass1), percent(e.sampled.pass1), percent(o.passk), tokens(o.length),
                          percent(e.thinks), percent(e.sampled.thinks)});
  };
  // NOTE: chance is what the commonest answer gets, said every time; k times it gets no more, so pass@k has no figure.
  table.rows.push_back({"guessing", percent(s.chance), "–", "–", "–", "–", "–"});
  row("before RL", s.before, d.base);
  row("after RL", s.after, d.rl);
  row("control: random reward", s.random_reward, d.random_reward);
  row("control: more supervised training", s.supervised, d.supervised);
  table.strong = {2};

  std::string out = to_html(table);
  // What draws at random would get, if all answers were as common as the commonest.
  const double by_luck = 1 - std::pow(1 - s.chance, static_cast<double>(k));
  out +=
      fmt::format(R"(<p class="quiet small">Guessing: the commonest right answer, always. Greedy: the most likely token
each time. pass@k: the share of problems with a right answer among k samples{}. Thinks: the share of responses with a thought
before the answer. The problems are in neither pre-training nor RL, by canonical form.</p>
)",
                  by_luck > 0.5 ? fmt::format("; {} draws at random often hold the right one of so few possible "
                                              "answers, so it says little here",
                                              k)
                                : "");
  out += "<ul class=\"claims\">\n";
  for (const Claim& c : claims(s)) {
    out += fmt::format("<li{}>{} <span class=\"figures\">{}</span></li>\n", c.holds ? "" : " class=\"fails\"",
                       escape_html(c.text), escape_html(c.figures));
  }
  return out + "</ul>\n" + demo_controls(d);
}

}  // namespace millet::report
