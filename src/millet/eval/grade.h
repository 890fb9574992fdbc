// Was a response right? One truth for evaluation and rewards: strict form first, then the task's own verifier.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "millet/tasks/task.h"
#include "millet/text/answer_form.h"

namespace millet::eval {

struct Grade {
  text::Response response;  // thinking and answer, as far as they are there
  bool right = false;       // well formed, and the verifier accepts the answer
  bool thinks = false;      // its thought is not empty
  int64_t waits = 0;        // how often the word stands in its thought (tasks/thought)
};

// `ids` from after the prompt on, the end token included where it was drawn: without it a response was cut off and is
// never right.
Grade grade(const text::AnswerForm& format, const tasks::Task& task, const tasks::Problem& problem,
            std::span<const int32_t> ids);

}  // namespace millet::eval
