// Multiplication of two numbers with the same count of digits, by partial products: "47*36=?" is 1692.
#include <algorithm>
#include <string>
#include <vector>

#include "millet/core/error.h"
#include "millet/tasks/number_list.h"
#include "millet/tasks/thought.h"

namespace millet::tasks {
namespace {

constexpr size_t kMostDigits = 9;  // the product of two such numbers fits into 64 bits

struct Factors {
  int64_t left, right;
};

std::optional<int64_t> read_factor(std::string_view text) {
  const auto numbers = read_numbers(text);
  if (!numbers || numbers->size() != 1 || text.size() > kMostDigits) return std::nullopt;
  return numbers->front();
}

Factors parse_product(std::string_view prompt) {
  std::optional<int64_t> left;
  std::optional<int64_t> right;
  if (const size_t sign = prompt.find('*'); sign != std::string_view::npos && prompt.ends_with("=?")) {
    left = read_factor(prompt.substr(0, sign));
    right = read_factor(prompt.substr(sign + 1, prompt.size() - sign - 3));
  }
  require(
      left && right,
      "task 'multiplication': \"{}\" is no product: write two numbers of at most {} digits joined by *, then \"=?\"",
      prompt, kMostDigits);
  return {*left, *right};
}

// The digits from the ones upward.
std::vector<int64_t> digits_of(int64_t number) {
  std::vector<int64_t> digits;
  do digits.push_back(number % 10);
  while ((number /= 10) > 0);
  return digits;
}

// One digit wrong: `right` with another digit at a random place.
std::string misread(const std::string& right, Rng& rng) {
  std::string wrong = right;
  char& digit = wrong[static_cast<size_t>(rng.below(static_cast<int64_t>(wrong.size())))];
  digit = static_cast<char>('0' + (digit - '0' + 1 + rng.below(9)) % 10);
  return wrong;
}

class Multiplication final : public Task {
 public:
  std::string_view name() const override { return "multiplication"; }
  std::string_view summary() const override { return "the product of two numbers of several digits: 47*36=? is 1692"; }
  std::string_view unit() const override { return "digits"; }
  std::string_view alphabet() const override { return " *+0123456789=?"; }
  DifficultyRange default_range() const override { return {2, 3}; }
  // One digit is left out: "3*4=?" would read like a chain.
  DifficultyRange possible_range() const override { return {2, kMostDigits}; }

  // "7*6+0=42 4*6+4=28 7*3+0=21 4*3+2=14 282+1410=1692": digit times digit and carry for each digit of the right
  // factor, from the ones upward; after each row but the first, its product with its zeros is added to the sum so far.
  std::string thinking(const Problem& problem, Style style, Rng& rng) const override {
    if (style == Style::direct) return "";
    const Factors f = parse_product(problem.prompt);
    Thought thought(style, rng);
    int64_t sum = 0;
    int64_t place = 1;
    for (const int64_t digit : digits_of(f.right)) {
      int64_t carry = 0;
      for (const int64_t other : digits_of(f.left)) {
        say_step(thought, fmt::format("{}*{}+{}=", other, digit, carry), other * digit + carry, rng);
        carry = (other * digit + carry) / 10;
      }
      const int64_t row = f.left * digit * place;
      if (place > 1) say_step(thought, fmt::format("{}+{}=", sum, row), sum + row, rng);
      sum += row;
      place *= 10;
    }
    return std::move(thought).text();
  }

  bool verify(const Problem& problem, std::string_view answer) const override {
    const Factors f = parse_product(problem.prompt);
    return answer == std::to_string(f.left * f.right);
  }

 protected:
  Problem make(Rng& rng, int64_t difficulty) const override {
    int64_t lowest = 1;
    for (int64_t i = 1; i < difficulty; ++i) lowest *= 10;
    const Factors f{lowest + rng.below(9 * lowest), lowest + rng.below(9 * lowest)};
    const auto [low, high] = std::minmax(f.left, f.right);  // a*b and b*a are one problem
    return {.prompt = fmt::format("{}*{}=?", f.left, f.right),
            .answer = std::to_string(f.left * f.right),
            .canonical = fmt::format("multiplication {}*{}", low, high),
            .difficulty = difficulty};
  }

 private:
  static void say_step(Thought& thought, const std::string& left_side, int64_t result, Rng& rng) {
    const std::string right = std::to_string(result);
    thought.step(thought.empty() ? left_side : " " + left_side, left_side, right, [&] { return misread(right, rng); });
  }
};

}  // namespace

const Task& multiplication() {
  static const Multiplication task;
  return task;
}

}  // namespace millet::tasks
