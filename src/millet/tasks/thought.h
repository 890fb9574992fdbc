// Writes a train of thought step by step, with or without slips.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "millet/core/rng.h"
#include "millet/tasks/task.h"

namespace millet::tasks {

// The word that takes back a wrong step: one token of its own in tokenizers for tasks.
inline constexpr std::string_view kWait = "wait";

// How often the word stands in a thought.
inline int64_t waits_in(std::string_view thinking) {
  int64_t n = 0;
  for (size_t at = thinking.find(kWait); at != std::string_view::npos; at = thinking.find(kWait, at + kWait.size())) {
    ++n;
  }
  return n;
}

// Chance that a step of Style::slip goes wrong. A slip is always corrected at once, and the correction is right.
inline constexpr double kSlipRate = 0.15;

class Thought {
 public:
  Thought(Style style, Rng& rng) : style_(style), rng_(rng) {}

  bool empty() const { return text_.empty(); }
  void say(std::string_view text) { text_ += text; }

  // One step with its result. `continued` is how the step reads after the result before it ("*3="), `restated` how it
  // reads from scratch, after a "wait" ("7*3="). wrong() makes another result than `right`; it is asked in a slip only.
  template <class Wrong>
  void step(std::string_view continued, std::string_view restated, std::string_view right, Wrong&& wrong) {
    text_ += continued;
    if (style_ == Style::slip && rng_.uniform() < kSlipRate) {
      text_ += wrong();
      text_ += kWait;
      text_ += restated;
    }
    text_ += right;
  }

  std::string text() && { return std::move(text_); }

 private:
  Style style_;
  Rng& rng_;
  std::string text_;
};

}  // namespace millet::tasks
