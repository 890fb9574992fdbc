// The sum of a list of numbers below a hundred, term by term: "sum 4 17 8=?" is 29.
#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "millet/core/error.h"
#include "millet/tasks/number_list.h"
#include "millet/tasks/thought.h"

namespace millet::tasks {
namespace {

constexpr std::string_view kOpening = "sum ";

std::vector<int64_t> parse(std::string_view prompt) {
  std::optional<std::vector<int64_t>> terms;
  if (prompt.starts_with(kOpening) && prompt.ends_with("=?") && prompt.size() > kOpening.size() + 2)
    terms = read_numbers(prompt.substr(kOpening.size(), prompt.size() - kOpening.size() - 2));
  require(terms.has_value(),
          "task 'running_sum': \"{}\" is no sum: write \"sum \", numbers with a space between, \"=?\"", prompt);
  return *terms;
}

std::string total(const std::vector<int64_t>& terms) {
  return std::to_string(std::accumulate(terms.begin(), terms.end(), int64_t{0}));
}

// A slip of the pen: one off, or a wrong carry.
int64_t slipped(int64_t sum, Rng& rng) {
  static constexpr int64_t kOff[] = {1, 10, -1, -10};
  const int64_t off = kOff[rng.below(4)];
  return sum + off >= 0 ? sum + off : sum - off;
}

class RunningSum final : public Task {
 public:
  std::string_view name() const override { return "running_sum"; }
  std::string_view summary() const override { return "the sum of a list by running sums: sum 4 17 8=? is 29"; }
  std::string_view unit() const override { return "terms"; }
  std::string_view alphabet() const override { return " +0123456789=?msu"; }
  DifficultyRange default_range() const override { return {3, 8}; }
  DifficultyRange possible_range() const override { return {1, 64}; }

  // "4+17=21+8=29": the running sum.
  std::string thinking(const Problem& problem, Style style, Rng& rng) const override {
    if (style == Style::direct) return "";
    const std::vector<int64_t> terms = parse(problem.prompt);
    Thought thought(style, rng);
    int64_t sum = terms[0];
    thought.say(std::to_string(sum));
    for (size_t i = 1; i < terms.size(); ++i) {
      const std::string continued = fmt::format("+{}=", terms[i]);
      const int64_t next = sum + terms[i];
      thought.step(continued, std::to_string(sum) + continued, std::to_string(next),
                   [&] { return std::to_string(slipped(next, rng)); });
      sum = next;
    }
    return std::move(thought).text();
  }

  bool verify(const Problem& problem, std::string_view answer) const override {
    return answer == total(parse(problem.prompt));
  }

 protected:
  Problem make(Rng& rng, int64_t difficulty) const override {
    const std::vector<int64_t> terms = random_numbers(rng, difficulty, 100);
    std::vector<int64_t> sorted = terms;  // the same terms in another order are the same problem
    std::sort(sorted.begin(), sorted.end());
    return {.prompt = fmt::format("{}{}=?", kOpening, to_text(terms)),
            .answer = total(terms),
            .canonical = fmt::format("{}{}", kOpening, to_text(sorted)),
            .difficulty = difficulty};
  }
};

}  // namespace

const Task& running_sum() {
  static const RunningSum task;
  return task;
}

}  // namespace millet::tasks
