#include "millet/eval/grade.h"

#include "millet/tasks/thought.h"

namespace millet::eval {

Grade grade(const text::AnswerForm& format, const tasks::Task& task, const tasks::Problem& problem,
            std::span<const int32_t> ids) {
  Grade g{.response = format.split(ids)};
  g.right = g.response.well_formed && task.verify(problem, g.response.answer);
  g.thinks = !g.response.thinking.empty();
  g.waits = tasks::waits_in(g.response.thinking);
  return g;
}

}  // namespace millet::eval
