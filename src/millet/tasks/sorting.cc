// Sorting numbers below a hundred, smallest first: "sort 31 5 22=?" is "5 22 31".
#include <algorithm>
#include <string>
#include <vector>

#include "millet/core/error.h"
#include "millet/tasks/number_list.h"
#include "millet/tasks/thought.h"

namespace millet::tasks {
namespace {

constexpr std::string_view kOpening = "sort ";

std::vector<int64_t> parse(std::string_view prompt) {
  std::optional<std::vector<int64_t>> numbers;
  if (prompt.starts_with(kOpening) && prompt.ends_with("=?") && prompt.size() > kOpening.size() + 2)
    numbers = read_numbers(prompt.substr(kOpening.size(), prompt.size() - kOpening.size() - 2));
  require(numbers.has_value(),
          "task 'sorting': \"{}\" is nothing to sort: write \"sort \", numbers with a space between, \"=?\"", prompt);
  return *numbers;
}

std::vector<int64_t> sorted(std::vector<int64_t> numbers) {
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

class Sorting final : public Task {
 public:
  std::string_view name() const override { return "sorting"; }
  std::string_view summary() const override { return "numbers in order, smallest first: sort 31 5 22=? is 5 22 31"; }
  std::string_view unit() const override { return "numbers"; }
  std::string_view alphabet() const override { return " 0123456789;=>?orst"; }
  DifficultyRange default_range() const override { return {4, 8}; }
  DifficultyRange possible_range() const override { return {2, 64}; }

  // "31 5 22>5;31 22>22;31>31": what is left, and the smallest of it, until nothing is.
  std::string thinking(const Problem& problem, Style style, Rng& rng) const override {
    if (style == Style::direct) return "";
    std::vector<int64_t> left = parse(problem.prompt);
    Thought thought(style, rng);
    bool first = true;
    while (!left.empty()) {
      const auto smallest = std::min_element(left.begin(), left.end());
      const std::string list = to_text(left) + ">";
      thought.step(first ? list : ";" + list, list, std::to_string(*smallest),
                   [&] { return std::to_string(other_than(*smallest, left, rng)); });
      left.erase(smallest);
      first = false;
    }
    return std::move(thought).text();
  }

  bool verify(const Problem& problem, std::string_view answer) const override {
    return answer == to_text(sorted(parse(problem.prompt)));
  }

 protected:
  Problem make(Rng& rng, int64_t difficulty) const override {
    const std::vector<int64_t> numbers = random_numbers(rng, difficulty, 100);
    const std::string answer = to_text(sorted(numbers));
    // The same numbers in another order have the same answer, and count as the same problem.
    return {.prompt = fmt::format("{}{}=?", kOpening, to_text(numbers)),
            .answer = answer,
            .canonical = fmt::format("{}{}", kOpening, answer),
            .difficulty = difficulty};
  }

 private:
  // A wrong pick: another number of the list; where all that is left is equal, the number one off.
  static int64_t other_than(int64_t smallest, const std::vector<int64_t>& left, Rng& rng) {
    std::vector<int64_t> others;
    std::copy_if(left.begin(), left.end(), std::back_inserter(others), [&](int64_t n) { return n != smallest; });
    if (others.empty()) return smallest + 1;
    return others[static_cast<size_t>(rng.below(static_cast<int64_t>(others.size())))];
  }
};

}  // namespace

const Task& sorting() {
  static const Sorting task;
  return task;
}

}  // namespace millet::tasks
