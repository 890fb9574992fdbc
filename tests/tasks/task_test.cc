// What holds for every task.
#include "millet/tasks/task.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "millet/core/error.h"
#include "millet/tasks/list.h"
#include "millet/tasks/thought.h"

using namespace millet;
using namespace millet::tasks;

namespace {

std::vector<Problem> some_problems(const Task& task, int count) {
  Rng rng(1, "test", 7);
  std::vector<Problem> problems;
  for (int i = 0; i < count; ++i) problems.push_back(task.generate(rng, task.default_range()));
  return problems;
}

bool spelled_in(std::string_view text, std::string_view alphabet) {
  return std::all_of(text.begin(), text.end(), [&](char c) { return alphabet.find(c) != std::string_view::npos; });
}

// The text with every "wait" taken out: words are tokens of their own, not characters of the alphabet.
std::string without_wait(std::string text) {
  for (size_t at = text.find(kWait); at != std::string::npos; at = text.find(kWait)) text.erase(at, kWait.size());
  return text;
}

// Answers that a lax verifier would take for `right`.
std::vector<std::string> near_misses(const std::string& right) {
  return {"",
          " " + right,
          right + " ",
          right + "\n",
          "\t" + right,
          "+" + right,
          "0" + right,
          right + ".",
          right + "0",
          right + ".0",
          right + right,
          "-" + right,
          "x",
          right + ",",
          "=" + right,
          right + "=",
          "\"" + right + "\"",
          right + "</answer>",
          "1e0",
          "0x" + right,
          right + "\xCC\x81",
          std::string("\0", 1) + right,
          right + std::string("\0", 1)};
}

// The digits of `text` as full-width ones (U+FF10 and on), which look and mean the same.
std::string full_width(const std::string& text) {
  std::string wide;
  for (const char c : text) {
    if (c >= '0' && c <= '9')
      wide += std::string("\xEF\xBC") + static_cast<char>(0x90 + (c - '0'));
    else
      wide += c;
  }
  return wide;
}

// Whether the answer is searched for: slips are attempts that missed.
bool is_search(const Task& task) {
  return task.name() == "countdown" || task.name() == "game24";
}

// Whether the last step of a thought is the answer as it is given; others are put together from several steps.
bool ends_with_answer(const Task& task) {
  static constexpr std::string_view kPutTogether[] = {"addition", "sorting", "path"};
  return !is_search(task) &&
         std::find(std::begin(kPutTogether), std::end(kPutTogether), task.name()) == std::end(kPutTogether);
}

}  // namespace

TEST_CASE("the generator's answer is the one that the verifier accepts") {
  for (const Task* task : all()) {
    CAPTURE(task->name());
    for (const Problem& p : some_problems(*task, 200)) CHECK(task->verify(p, p.answer));
  }
}

TEST_CASE("no near miss of the right answer is accepted") {
  for (const Task* task : all()) {
    for (const Problem& p : some_problems(*task, 50)) {
      CAPTURE(p.prompt);
      for (const std::string& answer : near_misses(p.answer)) {
        CAPTURE(answer);
        CHECK_FALSE(task->verify(p, answer));
      }
      CHECK_FALSE(task->verify(p, full_width(p.answer)));
    }
  }
}

TEST_CASE("the verifier works the prompt out and does not trust the recorded answer") {
  for (const Task* task : all()) {
    Problem p = some_problems(*task, 1)[0];
    const std::string right = p.answer;
    p.answer = "7777777";
    CHECK(task->verify(p, right));
    CHECK_FALSE(task->verify(p, p.answer));
  }
}

TEST_CASE("a prompt of another task is refused by name") {
  const Problem stray{.prompt = "what is love?", .answer = "", .canonical = "", .difficulty = 1};
  Rng rng(1, "test");
  for (const Task* task : all()) {
    CAPTURE(task->name());
    const std::string name(task->name());
    CHECK_THROWS_WITH_AS(task->verify(stray, "1"), doctest::Contains(name.c_str()), Error);
    CHECK_THROWS_WITH_AS(task->thinking(stray, Style::aloud, rng), doctest::Contains("what is love?"), Error);
    CHECK(task->thinking(stray, Style::direct, rng).empty());
  }
}

TEST_CASE("a problem's prompt, thoughts and answer use the task's alphabet alone") {
  for (const Task* task : all()) {
    CAPTURE(task->name());
    std::string alphabet(task->alphabet());
    CHECK(std::set<char>(alphabet.begin(), alphabet.end()).size() == alphabet.size());
    Rng rng(2, "test");
    std::string everything;
    for (const Problem& p : some_problems(*task, 300)) {
      const std::string text = p.prompt + p.answer + without_wait(task->thinking(p, Style::slip, rng));
      CHECK(spelled_in(text, alphabet));
      everything += text;
    }
    for (const char c : alphabet) CHECK_MESSAGE(everything.find(c) != std::string::npos, "never used: ", c);
  }
}

TEST_CASE("thinking aloud ends with the right answer and never says wait") {
  Rng rng(3, "test");
  for (const Task* task : all()) {
    if (!ends_with_answer(*task)) continue;
    for (const Problem& p : some_problems(*task, 100)) {
      const std::string aloud = task->thinking(p, Style::aloud, rng);
      CAPTURE(aloud);
      CHECK(aloud.find(kWait) == std::string::npos);
      CHECK(aloud.ends_with(p.difficulty > 1 ? "=" + p.answer : p.answer));
      const std::string slip = task->thinking(p, Style::slip, rng);
      CHECK(slip.ends_with("=" + p.answer));
    }
  }
}

TEST_CASE("without its slips, a train of thought with slips is the one without") {
  // Every slip reads: wrong result, "wait", the step restated. Taking back from the wrong result to the "=" or ">" of
  // the restated step leaves the thought as if nothing had happened.
  Rng rng(4, "test");
  for (const Task* task : all()) {
    if (is_search(*task)) continue;
    CAPTURE(task->name());
    int slips = 0;
    for (const Problem& p : some_problems(*task, 200)) {
      const std::string aloud = task->thinking(p, Style::aloud, rng);
      std::string slip = task->thinking(p, Style::slip, rng);
      CAPTURE(slip);
      for (size_t at = slip.find(kWait); at != std::string::npos; at = slip.find(kWait)) {
        const size_t wrong = slip.find_last_of("=>", at) + 1;
        const size_t restated = slip.find_first_of("=>", at) + 1;
        REQUIRE(wrong <= at);
        // The result that replaces the wrong one differs from it.
        const std::string taken_back = slip.substr(wrong, at - wrong);
        slip.erase(wrong, restated - wrong);
        const size_t end = std::min(slip.find_first_not_of("0123456789", wrong), slip.size());
        CHECK(slip.substr(wrong, end - wrong) != taken_back);
        ++slips;
      }
      CHECK(slip == aloud);
    }
    CHECK(slips > 20);
  }
}

TEST_CASE("a step slips with the stated rate") {
  Rng rng(5, "test");
  int steps = 0;
  int slips = 0;
  for (const Problem& p : some_problems(find("chain"), 3000)) {
    const std::string slip = find("chain").thinking(p, Style::slip, rng);
    steps += static_cast<int>(p.difficulty);
    for (size_t at = slip.find(kWait); at != std::string::npos; at = slip.find(kWait, at + 1)) ++slips;
  }
  // 24,000 steps: the standard error is 0.0023.
  CHECK(static_cast<double>(slips) / steps == doctest::Approx(kSlipRate).epsilon(0.06));
}

TEST_CASE("difficulty is drawn from the whole range and nothing outside it") {
  for (const Task* task : all()) {
    CAPTURE(task->name());
    std::set<int64_t> seen;
    for (const Problem& p : some_problems(*task, 400)) seen.insert(p.difficulty);
    const DifficultyRange range = task->default_range();
    CHECK(*seen.begin() == range.min);
    CHECK(*seen.rbegin() == range.max);
    CHECK(static_cast<int64_t>(seen.size()) == range.max - range.min + 1);
  }
}

TEST_CASE("a range that is empty or impossible is refused with the possible one") {
  Rng rng(6, "test");
  for (const Task* task : all()) {
    const DifficultyRange possible = task->possible_range();
    CHECK_THROWS_WITH_AS(task->generate(rng, {5, 4}), doctest::Contains("5..4 is empty"), Error);
    CHECK_THROWS_WITH_AS(task->generate(rng, {possible.min - 1, possible.max}), doctest::Contains("choose within"),
                         Error);
    CHECK_THROWS_WITH_AS(task->generate(rng, {possible.min, possible.max + 1}), doctest::Contains("choose within"),
                         Error);
    CHECK(task->generate(rng, {possible.max, possible.max}).difficulty == possible.max);
    CHECK(task->generate(rng, {possible.min, possible.min}).difficulty == possible.min);
  }
}

TEST_CASE("a problem is a function of its key") {
  for (const Task* task : all()) {
    Rng a(8, "test", 3);
    Rng b(8, "test", 3);
    const Problem p = task->generate(a, task->default_range());
    const Problem q = task->generate(b, task->default_range());
    CHECK(p.prompt == q.prompt);
    CHECK(task->thinking(p, Style::slip, a) == task->thinking(q, Style::slip, b));
  }
}
