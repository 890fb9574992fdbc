// The tasks there are.
#pragma once

#include <span>
#include <string_view>

#include "millet/tasks/task.h"

namespace millet::tasks {

std::span<const Task* const> all();

// Throws Error for an unknown name, naming the nearest one.
const Task& find(std::string_view name);

}  // namespace millet::tasks
