// Chains of arithmetic modulo ten, worked from left to right: "3+4*7=?" is (3 + 4) · 7 = 49, so 9.
//
// The first value is uniform over 0..9, and each operation permutes the digits (d in 1..9 for + and −, in {3, 7, 9},
// the units modulo 10, for ×). So the answer is uniform whatever the last operations are, and guessing gets exactly 10
// %.
#include <array>
#include <string>
#include <vector>

#include "millet/core/error.h"
#include "millet/tasks/thought.h"

namespace millet::tasks {
namespace {

struct Operation {
  char sign;  // '+', '-', '*'
  int operand;
};

struct Expression {
  int first;
  std::vector<Operation> operations;
};

int apply(int value, const Operation& op) {
  switch (op.sign) {
    case '+':
      return (value + op.operand) % 10;
    case '-':
      return (value - op.operand + 10) % 10;
    default:
      return value * op.operand % 10;
  }
}

int evaluate(const Expression& e) {
  int value = e.first;
  for (const Operation& op : e.operations) value = apply(value, op);
  return value;
}

// Also the problem's identity: two chains are the same problem if they are spelled alike, not if their values agree.
std::string spelled(const Expression& e) {
  std::string text = std::to_string(e.first);
  for (const Operation& op : e.operations) text += op.sign + std::to_string(op.operand);
  return text;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The prompt is "v(op d)*=?", every value a single digit.
Expression parse(std::string_view prompt) {
  Expression e{};
  bool good = prompt.size() >= 3 && prompt.ends_with("=?") && prompt.size() % 2 == 1 && is_digit(prompt[0]);
  if (good) e.first = prompt[0] - '0';
  for (size_t i = 1; good && i + 2 < prompt.size(); i += 2) {
    const char sign = prompt[i];
    good = (sign == '+' || sign == '-' || sign == '*') && is_digit(prompt[i + 1]);
    e.operations.push_back({sign, prompt[i + 1] - '0'});
  }
  require(good, "task 'chain': \"{}\" is no chain: write digits joined by +, - and *, then \"=?\"", prompt);
  return e;
}

class Chain final : public Task {
 public:
  std::string_view name() const override { return "chain"; }
  std::string_view summary() const override { return "arithmetic modulo 10 from left to right: 3+4*7=? is 9"; }
  std::string_view unit() const override { return "operations"; }
  std::string_view alphabet() const override { return "*+-0123456789=?"; }
  DifficultyRange default_range() const override { return {4, 12}; }
  DifficultyRange possible_range() const override { return {1, 64}; }

  // "3+4=7*7=9": the first value, then each operation with its result, which is the next one's left side.
  std::string thinking(const Problem& problem, Style style, Rng& rng) const override {
    if (style == Style::direct) return "";
    const Expression e = parse(problem.prompt);
    Thought thought(style, rng);
    thought.say(std::to_string(e.first));
    int value = e.first;
    for (const Operation& op : e.operations) {
      const int result = apply(value, op);
      const std::string continued = op.sign + std::to_string(op.operand) + "=";
      thought.step(continued, std::to_string(value) + continued, std::to_string(result),
                   [&] { return std::to_string((result + 1 + rng.below(9)) % 10); });
      value = result;
    }
    return std::move(thought).text();
  }

  bool verify(const Problem& problem, std::string_view answer) const override {
    return answer == std::to_string(evaluate(parse(problem.prompt)));
  }

 protected:
  Problem make(Rng& rng, int64_t difficulty) const override {
    static constexpr std::array<char, 3> kSigns = {'+', '-', '*'};
    static constexpr std::array<int, 3> kUnits = {3, 7, 9};
    Expression e{static_cast<int>(rng.below(10)), {}};
    for (int64_t i = 0; i < difficulty; ++i) {
      const char sign = kSigns[static_cast<size_t>(rng.below(3))];
      const int operand = sign == '*' ? kUnits[static_cast<size_t>(rng.below(3))] : static_cast<int>(1 + rng.below(9));
      e.operations.push_back({sign, operand});
    }
    const std::string text = spelled(e);
    return {.prompt = text + "=?",
            .answer = std::to_string(evaluate(e)),
            .canonical = "chain " + text,
            .difficulty = difficulty};
  }
};

}  // namespace

const Task& chain() {
  static const Chain task;
  return task;
}

}  // namespace millet::tasks
