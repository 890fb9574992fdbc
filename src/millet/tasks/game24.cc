// The game of 24: four cards from 1 to 13, each used once, joined to make 24: "24 of 3 3 8 8=?" is 8/(3-8/3).
// There are 1,362 hands that can be won, and these are all that is dealt.
#include <algorithm>
#include <string>
#include <vector>

#include "millet/core/error.h"
#include "millet/tasks/number_game.h"
#include "millet/tasks/number_list.h"
#include "millet/tasks/split.h"

namespace millet::tasks {
namespace {

constexpr std::string_view kOpening = "24 of ";
constexpr int64_t kTarget = 24;
constexpr int64_t kLargestCard = 13;
constexpr int64_t kLargestResult = 13 * 13;

NumberGame parse_hand(std::string_view prompt) {
  std::optional<std::vector<int64_t>> cards;
  if (prompt.starts_with(kOpening) && prompt.ends_with("=?") && prompt.size() > kOpening.size() + 2)
    cards = read_positive(prompt.substr(kOpening.size(), prompt.size() - kOpening.size() - 2));
  require(cards.has_value(),
          "task 'game24': \"{}\" is no hand: write \"24 of \", numbers from 1 up with a space between, \"=?\"", prompt);
  return {*cards, kTarget};
}

struct Hands {
  std::vector<Problem> train, test;
};

// Every hand of four cards in order, each with one solution.
Hands winning_hands() {
  Hands hands;
  Rng rng(kTarget, "game24");
  for (int64_t i = 0; i < kLargestCard * kLargestCard * kLargestCard * kLargestCard; ++i) {
    std::vector<int64_t> cards;
    for (int64_t rest = i; cards.size() < 4; rest /= kLargestCard) cards.push_back(1 + rest % kLargestCard);
    if (!std::is_sorted(cards.begin(), cards.end())) continue;
    const std::optional<Attempt> solution = random_solution({cards, kTarget}, rng);
    if (!solution) continue;
    Problem problem{.prompt = fmt::format("{}{}=?", kOpening, to_text(cards)),
                    .answer = solution->expression,
                    .canonical = fmt::format("game24 {}", to_text(cards)),
                    .difficulty = 4};
    (split_of(problem.canonical) == Split::train ? hands.train : hands.test).push_back(std::move(problem));
  }
  return hands;
}

class Game24 final : public Task {
 public:
  std::string_view name() const override { return "game24"; }
  std::string_view summary() const override { return "the game of 24: 24 of 4 7 8 8=? is (7-8/8)*4"; }
  std::string_view unit() const override { return "cards"; }
  std::string_view alphabet() const override { return " ()*+-/0123456789=?fo"; }
  DifficultyRange default_range() const override { return {4, 4}; }
  DifficultyRange possible_range() const override { return {4, 4}; }

  std::span<const Problem> listed(Split split) const override {
    static const Hands hands = winning_hands();
    return split == Split::train ? hands.train : hands.test;
  }

  // As countdown's; where whole numbers do not do, "8/3=(8/3) 3-(8/3)=(1/3) 8/(1/3)=24".
  std::string thinking(const Problem& problem, Style style, Rng& rng) const override {
    if (style == Style::direct) return "";
    return thinking_of(parse_hand(problem.prompt), problem, kLargestResult, style, rng);
  }

  bool verify(const Problem& problem, std::string_view answer) const override {
    return is_solution(parse_hand(problem.prompt), answer);
  }

 protected:
  Problem make(Rng& rng, int64_t) const override {
    const auto train = listed(Split::train);
    const auto test = listed(Split::test);
    const auto one = static_cast<size_t>(rng.below(static_cast<int64_t>(train.size() + test.size())));
    return one < train.size() ? train[one] : test[one - train.size()];
  }
};

}  // namespace

const Task& game24() {
  static const Game24 task;
  return task;
}

}  // namespace millet::tasks
