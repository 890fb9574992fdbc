#include "millet/tasks/split.h"

#include <string>
#include <unordered_set>

#include "millet/core/error.h"

namespace millet::tasks {

// With one problem in sixteen in the smaller split, this many misses in a row have a chance below 1e-280: the range has
// no problem left that would do.
constexpr int kPatience = 10'000;

static std::string_view name_of(Split split) {
  return split == Split::train ? "train" : "test";
}

static uint64_t hash(std::string_view text) {
  uint64_t h = 0xCBF29CE484222325;  // FNV-1a
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  h += 0x9E3779B97F4A7C15;  // splitmix64's finaliser, because FNV's low bits mix poorly
  h = (h ^ (h >> 30)) * 0xBF58476D1CE4E5B9;
  h = (h ^ (h >> 27)) * 0x94D049BB133111EB;
  return h ^ (h >> 31);
}

Split split_of(std::string_view canonical) {
  return hash(canonical) % 16 == 0 ? Split::test : Split::train;
}

static bool is_within(const Problem& problem, DifficultyRange range) {
  return problem.difficulty >= range.min && problem.difficulty <= range.max;
}

Problem generate_in(const Task& task, Split split, Rng& rng, DifficultyRange range) {
  const std::span<const Problem> listed = task.listed(split);
  for (int i = 0; i < kPatience && !listed.empty(); ++i) {
    const Problem& problem = listed[static_cast<size_t>(rng.below(static_cast<int64_t>(listed.size())))];
    if (is_within(problem, range)) return problem;
  }
  for (int i = 0; i < kPatience && listed.empty(); ++i) {
    Problem problem = task.generate(rng, range);
    if (split_of(problem.canonical) == split) return problem;
  }
  fail("task '{}' has no {} problem of {}..{} {}: widen the range", task.name(), name_of(split), range.min, range.max,
       task.unit());
}

// The first `count` of a list in a random order of their own, or all of them where there are fewer.
static std::vector<Problem> listed_set(std::span<const Problem> listed, DifficultyRange range, int64_t count,
                                       Rng& rng) {
  std::vector<Problem> problems;
  for (const Problem& p : listed) {
    if (is_within(p, range)) problems.push_back(p);
  }
  for (size_t i = problems.size(); i > 1; --i)
    std::swap(problems[i - 1], problems[static_cast<size_t>(rng.below(static_cast<int64_t>(i)))]);
  if (static_cast<int64_t>(problems.size()) > count) problems.resize(static_cast<size_t>(count));
  return problems;
}

// The stream is keyed by the task and the split alone, so that a longer set begins with the shorter one.
std::vector<Problem> evaluation_set(const Task& task, Split split, DifficultyRange range, int64_t count,
                                    uint64_t seed) {
  Rng rng(seed, "evaluation set", hash(task.name()), static_cast<uint64_t>(split));
  if (const auto listed = task.listed(split); !listed.empty()) {
    std::vector<Problem> some = listed_set(listed, range, count, rng);
    require(!some.empty(), "task '{}' has no {} problem of {}..{} {}: widen the range", task.name(), name_of(split),
            range.min, range.max, task.unit());
    return some;
  }
  std::vector<Problem> problems;
  std::unordered_set<std::string> seen;
  int misses = 0;
  while (static_cast<int64_t>(problems.size()) < count) {
    Problem problem = generate_in(task, split, rng, range);
    if (seen.insert(problem.canonical).second) {
      problems.push_back(std::move(problem));
      misses = 0;
      continue;
    }
    require(++misses < kPatience,
            "task '{}' has only about {} distinct {} problems of {}..{} {}, {} were asked for: widen the range",
            task.name(), problems.size(), name_of(split), range.min, range.max, task.unit(), count);
  }
  return problems;
}

}  // namespace millet::tasks
