// Every task: one declaration and one row.
#include "millet/tasks/list.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "millet/core/error.h"
#include "millet/core/nearest.h"

namespace millet::tasks {

const Task& chain();
const Task& addition();
const Task& parity();
const Task& running_sum();
const Task& sorting();
const Task& multiplication();
const Task& path();
const Task& countdown();
const Task& game24();

std::span<const Task* const> all() {
  static const Task* const rows[] = {
      &chain(), &addition(), &parity(), &running_sum(), &sorting(), &multiplication(), &path(), &countdown(), &game24(),
  };
  return rows;
}

const Task& find(std::string_view name) {
  std::vector<std::string> names;
  for (const Task* task : all()) {
    if (task->name() == name) return *task;
    names.emplace_back(task->name());
  }
  const std::string near = nearest(name, names);
  if (near.empty()) fail("unknown task '{}': there are {}", name, fmt::join(names, ", "));
  fail("unknown task '{}': did you mean '{}'?", name, near);
}

}  // namespace millet::tasks
