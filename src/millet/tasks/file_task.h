// Problems of files as a task: they are drawn from a list, and judged by one of the verifiers.
#pragma once

#include <filesystem>
#include <memory>

#include "millet/tasks/file_config.h"
#include "millet/tasks/task.h"

namespace millet::tasks {

// Paths are as the config names them. Without a test file one problem in sixteen is held out, by its question alone
// (tasks/split); with a test file alone there is nothing to learn from. Throws Error: what read_problems and
// make_verifier refuse, a question in both files, nothing to learn from or to measure by.
std::unique_ptr<Task> make_file_task(const FileConfig& config);

}  // namespace millet::tasks
