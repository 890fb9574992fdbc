// What a model wrote, for people: the problem, its answer and the verdict, the thinking folded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "millet/report/evaluation.h"
#include "millet/report/rollouts.h"

namespace millet::report {

// An answer to one problem, and whose it is.
struct Answer {
  std::string who;  // "before RL"
  std::string thinking, given;
  bool right = false, truncated = false;
  int64_t tokens = 0;
};

Answer answer_of(const Transcript& transcript, std::string_view who);
Answer answer_of(const Rollout& rollout, std::string_view who);

// One card: the problem with its right answer, and the answers to it side by side.
struct AnsweredProblem {
  std::string prompt, right_answer;
  std::vector<Answer> answers;
};
std::string to_html(const AnsweredProblem& problem, bool open);  // open: with the thinking unfolded

// The first `shown` cards, the others folded. The first of all has its thinking unfolded.
std::string to_html(const std::vector<AnsweredProblem>& problems, size_t shown);

// The problems that all evaluations hold, each with one answer an evaluation, spread over the difficulties.
std::vector<AnsweredProblem> side_by_side(const std::vector<std::pair<std::string, const Evaluation*>>& evaluations);

}  // namespace millet::report
