// The same problems before and after, and thoughts that take a step back.
#include <fmt/core.h>

#include "millet/report/demo.h"
#include "millet/report/markup.h"
#include "millet/report/transcripts.h"

namespace millet::report {

namespace {

// The first rollouts that say "wait", of the last step that has any: greedily the word hardly occurs.
std::vector<AnsweredProblem> second_thoughts(const RunData& run, size_t most) {
  std::vector<AnsweredProblem> found;
  std::vector<int64_t> steps = rollout_steps(run.dir);
  for (; !steps.empty() && found.empty(); steps.pop_back()) {
    for (const Rollout& r : read_rollouts(run.dir, steps.back())) {
      if (found.size() == most) break;
      if (r.thinking.find("wait") == std::string::npos) continue;
      const Answer answer = answer_of(r, fmt::format("sampled at T = 1, step {} of RL", steps.back()));
      found.push_back({.prompt = r.prompt, .right_answer = r.right_answer, .answers = {answer}});
    }
  }
  return found;
}

}  // namespace

std::string demo_transcripts(const Demo& d) {
  std::string out;
  const Evaluation *before = d.base.evaluation("test"), *after = d.rl.evaluation("test");
  if (before != nullptr && after != nullptr) {
    const auto problems = side_by_side({{"before RL", before}, {"after RL", after}});
    if (!problems.empty())
      out +=
          R"(<p>The same held-out problems, answered greedily before and after. They are the first of the set, ordered so
that the few above the fold cover the range of difficulty; none was picked for its answers.</p>
)" + to_html(problems, 5);
  }
  const auto slips = second_thoughts(d.rl, 6);
  if (!slips.empty()) out += heading("Thoughts that take a step back") + to_html(slips, 2);
  return out;
}

}  // namespace millet::report
