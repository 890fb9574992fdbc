#include "millet/eval/votes.h"

namespace millet::eval {

void Votes::add(const std::string& answer, bool right) {
  const size_t place = cast_++;
  if (answer.empty()) return;
  const auto [at, is_new] = answers_.try_emplace(answer);
  if (is_new) at->second = {.first = place, .right = right};
  ++at->second.count;
}

bool Votes::winner_is_right() const {
  const Answer* best = nullptr;
  for (const auto& [text, a] : answers_) {
    if (best == nullptr || a.count > best->count || (a.count == best->count && a.first < best->first)) best = &a;
  }
  return best != nullptr && best->right;
}

}  // namespace millet::eval
