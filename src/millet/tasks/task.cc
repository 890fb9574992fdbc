#include "millet/tasks/task.h"

#include <cstddef>
#include <span>
#include <string_view>

#include "millet/core/error.h"
#include "millet/io/checksum.h"

namespace millet::tasks {

// The difficulty is drawn here, so that it is uniform in every task.
Problem Task::generate(Rng& rng, DifficultyRange range) const {
  const DifficultyRange possible = possible_range();
  require(range.min <= range.max, "task '{}': the difficulty range {}..{} is empty: min must not exceed max", name(),
          range.min, range.max);
  require(range.min >= possible.min && range.max <= possible.max,
          "task '{}' has no problems of {}..{} {}: choose within {}..{}", name(), range.min, range.max, unit(),
          possible.min, possible.max);
  return make(rng, range.min + rng.below(range.max - range.min + 1));
}

uint64_t fingerprint(const Task& task) {
  uint64_t hash = io::hash64(task.name(), 0);
  for (const Split split : {Split::train, Split::test}) {
    for (const Problem& p : task.listed(split)) {
      for (const std::string_view text : {std::string_view(p.prompt), std::string_view(p.answer)})
        hash = io::hash64(text, hash);
      const uint64_t place[] = {static_cast<uint64_t>(split), static_cast<uint64_t>(p.difficulty)};
      hash = io::hash64(std::as_bytes(std::span(place)), hash);
    }
  }
  return hash;
}

}  // namespace millet::tasks
