// Games in which given numbers, each used once, are joined by + - * / to make a target: what they have in common.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millet/core/rng.h"
#include "millet/tasks/math/rational.h"
#include "millet/tasks/task.h"

namespace millet::tasks {

struct NumberGame {
  std::vector<int64_t> numbers;  // none of them 0
  int64_t target = 0;
};

// Numbers from 1 up with a space between; nothing where the text is anything else.
std::optional<std::vector<int64_t>> read_positive(std::string_view text);

// One way to join the numbers.
struct Attempt {
  std::string expression;  // "(8-5)*9", in brackets where an operation stands on the right of another
  std::string steps;       // "8-5=3 3*9=27", fractions as "(8/3)"
  math::Rational value;
};

// What an expression is worth that uses each of `numbers` once: digits without leading zeros, + - * / and brackets, no
// sign, no space. Nothing where it is anything else or divides by zero.
std::optional<Attempt> read_attempt(std::string_view expression, std::vector<int64_t> numbers);

bool is_solution(const NumberGame& game, std::string_view expression);

// The numbers joined at random, with whole results from 1 to `largest` at every step, or to the sum of the numbers
// where that is larger.
Attempt random_attempt(const std::vector<int64_t>& numbers, int64_t largest, Rng& rng);

// A random solution, with whole results if there is one; nothing where there is none. At most five numbers.
std::optional<Attempt> random_solution(const NumberGame& game, Rng& rng);

// The steps to problem.answer. In Style::slip up to kMostTries attempts that miss the target stand before them, each
// taken back by a "wait": nothing in them is miscalculated. Throws Error where the answer solves nothing.
std::string thinking_of(const NumberGame& game, const Problem& problem, int64_t largest, Style style, Rng& rng);

inline constexpr int64_t kMostTries = 5;

}  // namespace millet::tasks
