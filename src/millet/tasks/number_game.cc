#include "millet/tasks/number_game.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <utility>

#include "millet/core/error.h"
#include "millet/tasks/number_list.h"
#include "millet/tasks/thought.h"

namespace millet::tasks {

using math::Rational;

namespace {

constexpr size_t kLongestExpression = 256;  // so that brackets are never nested too deep for the stack

// A number, or what several were joined to.
struct Operand {
  std::string text;
  std::string steps;
  Rational value;
  char sign = 0;  // of the operation at its top; 0: a single number
};

bool is_additive(char sign) {
  return sign == '+' || sign == '-';
}

std::optional<Rational> apply(const Rational& a, char sign, const Rational& b) {
  switch (sign) {
    case '+':
      return add(a, b);
    case '-':
      return add(a, b.negated());
    case '*':
      return multiply(a, b);
    default: {
      const std::optional<Rational> inverse = b.inverse();
      return inverse ? multiply(a, *inverse) : std::nullopt;
    }
  }
}

// In a step a fraction stands in brackets.
std::string in_step(const Rational& value) {
  return value.is_integer() ? value.text() : "(" + value.text() + ")";
}

std::string bracketed(const std::string& text, bool brackets) {
  return brackets ? "(" + text + ")" : text;
}

std::optional<Operand> join(const Operand& a, char sign, const Operand& b) {
  const std::optional<Rational> value = apply(a.value, sign, b.value);
  if (!value) return std::nullopt;
  Operand joined;
  joined.value = *value;
  joined.sign = sign;
  joined.text = bracketed(a.text, a.sign != 0 && is_additive(a.sign) && !is_additive(sign)) + sign +
                bracketed(b.text, b.sign != 0);
  for (const std::string& steps : {a.steps, b.steps}) {
    if (!steps.empty()) joined.steps += steps + " ";
  }
  joined.steps += in_step(a.value) + sign + in_step(b.value) + "=" + in_step(*value);
  return joined;
}

Operand operand(int64_t number) {
  return {.text = std::to_string(number), .steps = "", .value = Rational(number), .sign = 0};
}

Attempt attempt_of(Operand o) {
  return {.expression = std::move(o.text), .steps = std::move(o.steps), .value = std::move(o.value)};
}

// expression = term {(+|-) term}, term = factor {(*|/) factor}, factor = number | "(" expression ")".
class Reader {
 public:
  Reader(std::string_view text, std::vector<int64_t> numbers) : text_(text), unused_(std::move(numbers)) {}

  std::optional<Operand> read() {
    std::optional<Operand> all = expression();
    if (at_ != text_.size() || !unused_.empty()) return std::nullopt;
    return all;
  }

 private:
  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }

  std::optional<Operand> expression() {
    return chain('+', '-', [this] { return chain('*', '/', [this] { return factor(); }); });
  }

  template <class Part>
  std::optional<Operand> chain(char one, char other, Part&& part) {
    std::optional<Operand> left = part();
    while (left && (next_is(one) || next_is(other))) {
      const char sign = text_[at_++];
      const std::optional<Operand> right = part();
      if (!right) return std::nullopt;
      left = join(*left, sign, *right);
    }
    return left;
  }

  std::optional<Operand> factor() {
    if (!next_is('(')) return number();
    ++at_;
    std::optional<Operand> inner = expression();
    if (!inner || !next_is(')')) return std::nullopt;
    ++at_;
    return inner;
  }

  std::optional<Operand> number() {
    const char* const begin = text_.data() + at_;
    if (at_ == text_.size() || *begin < '0' || *begin > '9') return std::nullopt;
    int64_t value = 0;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    const auto used = std::find(unused_.begin(), unused_.end(), value);
    if (error != std::errc() || used == unused_.end()) return std::nullopt;
    if (std::to_string(value).size() != static_cast<size_t>(end - begin)) return std::nullopt;  // a leading zero
    unused_.erase(used);
    at_ += static_cast<size_t>(end - begin);
    return operand(value);
  }

  std::string_view text_;
  std::vector<int64_t> unused_;
  size_t at_ = 0;
};

constexpr std::array<char, 4> kSigns = {'+', '-', '*', '/'};

template <class Items>
void shuffle(Items& items, Rng& rng) {
  for (size_t i = items.size(); i > 1; --i)
    std::swap(items[i - 1], items[static_cast<size_t>(rng.below(static_cast<int64_t>(i)))]);
}

std::vector<Operand> operands(const std::vector<int64_t>& numbers) {
  std::vector<Operand> out;
  for (const int64_t n : numbers) out.push_back(operand(n));
  return out;
}

// The items without two of them, and with what these were joined to.
template <class T>
std::vector<T> replaced(const std::vector<T>& from, size_t a, size_t b, T joined) {
  std::vector<T> out;
  for (size_t i = 0; i < from.size(); ++i) {
    if (i != a && i != b) out.push_back(from[i]);
  }
  out.push_back(std::move(joined));
  return out;
}

// A search visits thousands of values: without signs, in 64 bits.
struct Fraction {
  int64_t numerator = 0;
  int64_t denominator = 1;
};

struct Choice {
  size_t a, b;
  char sign;
};

// Nothing where the result is negative, undefined or too large. Negative results are never needed: the same numbers
// subtracted the other way about lead to the same target.
std::optional<Fraction> apply(const Fraction& x, char sign, const Fraction& y) {
  Fraction out;
  bool overflow = false;
  if (sign == '/' && y.numerator == 0) return std::nullopt;
  if (sign == '*' || sign == '/') {
    const Fraction factor = sign == '*' ? y : Fraction{y.denominator, y.numerator};
    overflow |= __builtin_mul_overflow(x.numerator, factor.numerator, &out.numerator);
    overflow |= __builtin_mul_overflow(x.denominator, factor.denominator, &out.denominator);
  } else {
    int64_t left = 0;
    int64_t right = 0;
    overflow |= __builtin_mul_overflow(x.numerator, y.denominator, &left);
    overflow |= __builtin_mul_overflow(y.numerator, x.denominator, &right);
    overflow |= __builtin_mul_overflow(x.denominator, y.denominator, &out.denominator);
    if (sign == '+')
      overflow |= __builtin_add_overflow(left, right, &out.numerator);
    else
      out.numerator = left - right;
  }
  if (overflow || out.numerator < 0) return std::nullopt;
  const int64_t divisor = std::gcd(out.numerator, out.denominator);
  return Fraction{out.numerator / divisor, out.denominator / divisor};
}

// Depth first, over all pairs and signs. The choices that lead to the target are put into `choices`, the last one
// first.
bool search(const std::vector<Fraction>& left, int64_t target, bool whole, const std::array<char, 4>& signs,
            std::vector<Choice>& choices) {
  if (left.size() == 1) return left[0].denominator == 1 && left[0].numerator == target;
  for (size_t a = 0; a < left.size(); ++a) {
    for (size_t b = 0; b < left.size(); ++b) {
      for (const char sign : signs) {
        const bool twice = (sign == '+' || sign == '*') && b < a;  // commutes
        if (a == b || twice) continue;
        const std::optional<Fraction> joined = apply(left[a], sign, left[b]);
        if (!joined || (whole && joined->denominator != 1)) continue;
        if (!search(replaced(left, a, b, *joined), target, whole, signs, choices)) continue;
        choices.push_back({a, b, sign});
        return true;
      }
    }
  }
  return false;
}

bool is_within(const Rational& value, int64_t largest) {
  return value.is_integer() && compare(value, Rational(1)) >= 0 && compare(value, Rational(largest)) <= 0;
}

}  // namespace

std::optional<std::vector<int64_t>> read_positive(std::string_view text) {
  auto numbers = read_numbers(text);
  if (numbers && std::find(numbers->begin(), numbers->end(), 0) != numbers->end()) numbers.reset();
  return numbers;
}

std::optional<Attempt> read_attempt(std::string_view expression, std::vector<int64_t> numbers) {
  if (expression.size() > kLongestExpression) return std::nullopt;
  std::optional<Operand> all = Reader(expression, std::move(numbers)).read();
  if (!all) return std::nullopt;
  return attempt_of(std::move(*all));
}

bool is_solution(const NumberGame& game, std::string_view expression) {
  const std::optional<Attempt> attempt = read_attempt(expression, game.numbers);
  return attempt && attempt->value == Rational(game.target);
}

Attempt random_attempt(const std::vector<int64_t>& numbers, int64_t largest, Rng& rng) {
  largest = std::max(largest, std::accumulate(numbers.begin(), numbers.end(), int64_t{0}));
  std::vector<Operand> left = operands(numbers);
  while (left.size() > 1) {
    const auto size = static_cast<int64_t>(left.size());
    const auto a = static_cast<size_t>(rng.below(size));
    auto b = static_cast<size_t>(rng.below(size - 1));
    if (b >= a) ++b;
    std::optional<Operand> joined = join(left[a], kSigns[static_cast<size_t>(rng.below(4))], left[b]);
    // The difference of equal numbers is 0 and a sum may be too large: begun anew, no choice is a dead end.
    left = joined && is_within(joined->value, largest) ? replaced(left, a, b, std::move(*joined)) : operands(numbers);
  }
  return attempt_of(std::move(left[0]));
}

std::optional<Attempt> random_solution(const NumberGame& game, Rng& rng) {
  require(game.numbers.size() <= 5, "{} numbers to be joined: solutions are searched for at most five",
          game.numbers.size());
  std::vector<int64_t> numbers = game.numbers;
  std::array<char, 4> signs = kSigns;
  shuffle(numbers, rng);
  shuffle(signs, rng);
  std::vector<Fraction> values;
  for (const int64_t n : numbers) values.push_back({n, 1});
  std::vector<Choice> choices;
  if (!search(values, game.target, true, signs, choices) && !search(values, game.target, false, signs, choices))
    return std::nullopt;
  std::vector<Operand> left = operands(numbers);
  for (size_t i = choices.size(); i-- > 0;) {
    const auto [a, b, sign] = choices[i];
    left = replaced(left, a, b, *join(left[a], sign, left[b]));
  }
  return attempt_of(std::move(left[0]));
}

std::string thinking_of(const NumberGame& game, const Problem& problem, int64_t largest, Style style, Rng& rng) {
  const std::optional<Attempt> solution = read_attempt(problem.answer, game.numbers);
  require(solution && solution->value == Rational(game.target), "\"{}\" does not solve \"{}\"", problem.answer,
          problem.prompt);
  std::string thinking;
  if (style == Style::slip) {
    for (int64_t tries = 1 + rng.below(kMostTries); tries > 0; --tries) {
      const Attempt attempt = random_attempt(game.numbers, largest, rng);
      if (attempt.value == solution->value) continue;
      thinking += attempt.steps;
      thinking += kWait;
    }
  }
  return thinking + solution->steps;
}

}  // namespace millet::tasks
