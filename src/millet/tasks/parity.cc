// The parity of a string of bits: "parity 0110=?" is 0, for an even number of ones.
#include <algorithm>
#include <string>

#include "millet/core/error.h"
#include "millet/tasks/thought.h"

namespace millet::tasks {
namespace {

constexpr std::string_view kOpening = "parity ";

std::string_view parse(std::string_view prompt) {
  std::string_view bits;
  const bool framed = prompt.starts_with(kOpening) && prompt.ends_with("=?");
  if (framed) bits = prompt.substr(kOpening.size(), prompt.size() - kOpening.size() - 2);
  require(!bits.empty() && std::all_of(bits.begin(), bits.end(), [](char c) { return c == '0' || c == '1'; }),
          "task 'parity': \"{}\" is no question of parity: write \"parity \", bits, then \"=?\"", prompt);
  return bits;
}

std::string parity_of(std::string_view bits) {
  return std::count(bits.begin(), bits.end(), '1') % 2 == 1 ? "1" : "0";
}

class Parity final : public Task {
 public:
  std::string_view name() const override { return "parity"; }
  std::string_view summary() const override { return "whether the ones of a bit string are odd: parity 0110=? is 0"; }
  std::string_view unit() const override { return "bits"; }
  std::string_view alphabet() const override { return " 01=?^aiprty"; }
  DifficultyRange default_range() const override { return {8, 16}; }
  DifficultyRange possible_range() const override { return {1, 64}; }

  // "0^1=1^1=0^0=0": the running parity.
  std::string thinking(const Problem& problem, Style style, Rng& rng) const override {
    if (style == Style::direct) return "";
    const std::string_view bits = parse(problem.prompt);
    Thought thought(style, rng);
    thought.say(bits.substr(0, 1));
    for (size_t i = 1; i < bits.size(); ++i) {
      const std::string before = parity_of(bits.substr(0, i));
      const std::string after = parity_of(bits.substr(0, i + 1));
      const std::string continued = std::string("^") + bits[i] + "=";
      thought.step(continued, before + continued, after, [&] { return after == "0" ? "1" : "0"; });
    }
    return std::move(thought).text();
  }

  bool verify(const Problem& problem, std::string_view answer) const override {
    return answer == parity_of(parse(problem.prompt));
  }

 protected:
  Problem make(Rng& rng, int64_t difficulty) const override {
    std::string bits;
    for (int64_t i = 0; i < difficulty; ++i) bits += rng.below(2) == 1 ? '1' : '0';
    return {.prompt = fmt::format("{}{}=?", kOpening, bits),
            .answer = parity_of(bits),
            .canonical = fmt::format("{}{}", kOpening, bits),
            .difficulty = difficulty};
  }
};

}  // namespace

const Task& parity() {
  static const Parity task;
  return task;
}

}  // namespace millet::tasks
