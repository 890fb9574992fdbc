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

Problem generate_in(const Task& task, Split split, Rng& rng, DifficultyRange range) {
  for (int i = 0; i < kPatience; ++i) {
    Problem problem = task.generate(rng, range);
    if (split_of(problem.canonical) == split) return problem;
  }
  fail("task '{}' has no {} problem of {}..{} {}: widen the range", task.name(), name_of(split), range.min, range.max,
       task.unit());
}

// The stream is keyed by the task and the split alone, so that a longer set begins with the shorter one.
std::vector<Problem> evaluation_set(const Task& task, Split split, DifficultyRange range, int64_t count,
                                    uint64_t seed) {
  Rng rng(seed, "evaluation set", hash(task.name()), static_cast<uint64_t>(split));
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
