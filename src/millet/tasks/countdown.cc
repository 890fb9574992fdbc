// Countdown: numbers from 1 to 12, each used once, joined to make a target of at most 99: "make 27 from 5 8 9=?" is
// (8-5)*9, or whatever else is worth 27. It takes search: no rule leads to the answer.
#include <algorithm>
#include <string>
#include <vector>

#include "millet/core/error.h"
#include "millet/tasks/number_game.h"
#include "millet/tasks/number_list.h"

namespace millet::tasks {
namespace {

constexpr std::string_view kOpening = "make ";
constexpr std::string_view kMiddle = " from ";
constexpr int64_t kLargestNumber = 12;
constexpr int64_t kLargestResult = 99;

std::optional<NumberGame> read_game(std::string_view prompt) {
  const size_t middle = std::min(prompt.find(kMiddle), prompt.size());
  if (!prompt.starts_with(kOpening) || !prompt.ends_with("=?") || middle + kMiddle.size() + 2 > prompt.size())
    return std::nullopt;
  const auto target = read_positive(prompt.substr(kOpening.size(), middle - std::min(middle, kOpening.size())));
  const auto numbers =
      read_positive(prompt.substr(middle + kMiddle.size(), prompt.size() - middle - kMiddle.size() - 2));
  if (!target || target->size() != 1 || !numbers) return std::nullopt;
  return NumberGame{*numbers, target->front()};
}

NumberGame parse_game(std::string_view prompt) {
  const std::optional<NumberGame> game = read_game(prompt);
  require(
      game.has_value(),
      "task 'countdown': \"{}\" is no game: write \"make \", the target, \" from \", numbers from 1 up with a space "
      "between, \"=?\"",
      prompt);
  return *game;
}

class Countdown final : public Task {
 public:
  std::string_view name() const override { return "countdown"; }
  std::string_view summary() const override {
    return "numbers joined to make a target: make 27 from 5 8 9=? is (8-5)*9";
  }
  std::string_view unit() const override { return "numbers"; }
  std::string_view alphabet() const override { return " ()*+-/0123456789=?aefkmor"; }
  DifficultyRange default_range() const override { return {3, 4}; }
  DifficultyRange possible_range() const override { return {2, 6}; }

  // "8-5=3 3*9=27"; in Style::slip, attempts that miss come first: "8+9=17 17-5=12wait8-5=3 3*9=27".
  std::string thinking(const Problem& problem, Style style, Rng& rng) const override {
    if (style == Style::direct) return "";
    return thinking_of(parse_game(problem.prompt), problem, kLargestResult, style, rng);
  }

  bool verify(const Problem& problem, std::string_view answer) const override {
    return is_solution(parse_game(problem.prompt), answer);
  }

 protected:
  // The target is what a random attempt comes to, so that there is an answer.
  Problem make(Rng& rng, int64_t difficulty) const override {
    std::vector<int64_t> numbers = random_numbers(rng, difficulty, kLargestNumber);
    for (int64_t& n : numbers) ++n;
    const Attempt attempt = random_attempt(numbers, kLargestResult, rng);
    const std::string target = attempt.value.text();
    std::string prompt = fmt::format("{}{}{}{}=?", kOpening, target, kMiddle, to_text(numbers));
    std::sort(numbers.begin(), numbers.end());  // the same numbers in another order are the same problem
    return {.prompt = std::move(prompt),
            .answer = attempt.expression,
            .canonical = fmt::format("countdown {} {}", target, to_text(numbers)),
            .difficulty = difficulty};
  }
};

}  // namespace

const Task& countdown() {
  static const Countdown task;
  return task;
}

}  // namespace millet::tasks
