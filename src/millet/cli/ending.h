// How a verb that leaves a run behind ends.
#pragma once

#include "millet/report/run.h"
#include "millet/train/pretrain.h"

namespace millet::cli {

// Marks the run as finished or interrupted, writes its page and says what comes next. The exit code.
int end_run(report::Run& run, train::Ended ended);

}  // namespace millet::cli
