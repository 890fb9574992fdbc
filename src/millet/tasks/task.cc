#include "millet/tasks/task.h"

#include "millet/core/error.h"

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

}  // namespace millet::tasks
