// The estimate before a job: refuses what does not fit, times its parts, and tells.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "millet/cli/arguments.h"
#include "millet/core/context.h"
#include "millet/core/work.h"
#include "millet/plan/estimate.h"

namespace millet::cli {

// Throws Error where the job does not fit into this machine's memory. Then `time` measures (not with --quiet, which
// would not show it, nor for a run that is done), and the estimate goes to stderr. True: --dry-run asks to end here;
// with --json the estimate is on stdout.
bool estimate_job(const Arguments& args, const Work& work, const std::function<std::vector<plan::UnitTime>()>& time);

// The step that a run would go on from; 0 where there is nothing to go on from.
int64_t step_reached(const std::filesystem::path& run);

}  // namespace millet::cli
