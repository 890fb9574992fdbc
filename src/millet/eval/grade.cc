#include "millet/eval/grade.h"

#include "millet/tasks/thought.h"

namespace millet::eval {

Grade grade(const text::ThinkingFormat& format, const tasks::Task& task, const tasks::Problem& problem,
            std::span<const int32_t> ids) {
  Grade g{.response = format.split(ids)};
  g.right = g.response.well_formed && task.verify(problem, g.response.answer);
  const std::string& thinking = g.response.thinking;
  g.thinks = !thinking.empty();
  for (size_t at = thinking.find(tasks::kWait); at != std::string::npos;
       at = thinking.find(tasks::kWait, at + tasks::kWait.size())) {
    ++g.waits;
  }
  return g;
}

}  // namespace millet::eval
