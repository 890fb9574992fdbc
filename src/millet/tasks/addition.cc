// Addition of two numbers with the same count of digits, of any length: "478+695=?" is 1173.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "millet/core/error.h"
#include "millet/tasks/thought.h"

namespace millet::tasks {
namespace {

// Decimal digits, so that length has no limit; neither operand has a leading zero.
struct Operands {
  std::string left, right;
};

struct Column {
  int left, right, carry;
  int sum() const { return left + right + carry; }
};

bool is_number(std::string_view text) {
  return !text.empty() && (text[0] != '0' || text.size() == 1) &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Operands parse(std::string_view prompt) {
  const size_t plus = std::min(prompt.find('+'), prompt.size());
  const bool good = plus < prompt.size() && prompt.ends_with("=?") && is_number(prompt.substr(0, plus)) &&
                    is_number(prompt.substr(plus + 1, prompt.size() - plus - 3));
  require(good, "task 'addition': \"{}\" is no sum: write two numbers joined by +, then \"=?\"", prompt);
  return {std::string(prompt.substr(0, plus)), std::string(prompt.substr(plus + 1, prompt.size() - plus - 3))};
}

// The columns from the ones upward, as they are worked on paper; a number that has run out counts as 0.
std::vector<Column> columns(const Operands& o) {
  std::vector<Column> out;
  int carry = 0;
  auto digit = [](const std::string& n, size_t place) { return place < n.size() ? n[n.size() - 1 - place] - '0' : 0; };
  for (size_t place = 0; place < std::max(o.left.size(), o.right.size()); ++place) {
    out.push_back({digit(o.left, place), digit(o.right, place), carry});
    carry = out.back().sum() / 10;
  }
  return out;
}

std::string total(const Operands& o) {
  std::string reversed;
  int carry = 0;
  for (const Column& c : columns(o)) {
    reversed += static_cast<char>('0' + c.sum() % 10);
    carry = c.sum() / 10;
  }
  if (carry > 0) reversed += static_cast<char>('0' + carry);
  return {reversed.rbegin(), reversed.rend()};
}

class Addition final : public Task {
 public:
  std::string_view name() const override { return "addition"; }
  std::string_view summary() const override { return "addition of two numbers of several digits: 478+695=? is 1173"; }
  std::string_view unit() const override { return "digits"; }
  std::string_view alphabet() const override { return " +0123456789=?"; }
  DifficultyRange default_range() const override { return {2, 6}; }
  // One digit is left out: "3+4=?" would read like a chain.
  DifficultyRange possible_range() const override { return {2, 64}; }

  // "8+5+0=13 7+9+1=17 4+6+1=11": digit, digit and carry of each column from the ones upward.
  std::string thinking(const Problem& problem, Style style, Rng& rng) const override {
    if (style == Style::direct) return "";
    Thought thought(style, rng);
    bool first = true;
    for (const Column& c : columns(parse(problem.prompt))) {
      const std::string sum = fmt::format("{}+{}+{}=", c.left, c.right, c.carry);
      thought.step(first ? sum : " " + sum, sum, std::to_string(c.sum()), [&] {
        return std::to_string((c.sum() + 1 + rng.below(19)) % 20);  // any other of 0..19
      });
      first = false;
    }
    return std::move(thought).text();
  }

  bool verify(const Problem& problem, std::string_view answer) const override {
    return answer == total(parse(problem.prompt));
  }

 protected:
  Problem make(Rng& rng, int64_t difficulty) const override {
    auto number = [&] {
      std::string n(1, static_cast<char>('1' + rng.below(9)));
      while (static_cast<int64_t>(n.size()) < difficulty) n += static_cast<char>('0' + rng.below(10));
      return n;
    };
    Operands o;
    o.left = number();
    o.right = number();
    // a + b and b + a are one problem. Both have the same length, so comparing text compares numbers.
    const auto [low, high] = std::minmax(o.left, o.right);
    return {.prompt = o.left + "+" + o.right + "=?",
            .answer = total(o),
            .canonical = "addition " + low + "+" + high,
            .difficulty = difficulty};
  }
};

}  // namespace

const Task& addition() {
  static const Addition task;
  return task;
}

}  // namespace millet::tasks
