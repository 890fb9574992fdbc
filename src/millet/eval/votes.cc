#include "millet/eval/votes.h"

#include <algorithm>

namespace millet::eval {

void Votes::add(const std::string& answer, bool right) {
  ++cast_;
  if (answer.empty()) return;
  const auto [at, is_new] = places_.try_emplace(answer, answers_.size());
  if (is_new) answers_.push_back({.text = answer, .right = right});
  ++answers_[at->second].count;
}

bool Votes::winner_is_right() const {
  // The first of the largest.
  const auto best = std::ranges::max_element(answers_, {}, &Answer::count);
  return best != answers_.end() && best->right;
}

}  // namespace millet::eval
