// How a verb that leaves a run behind ends.
#pragma once

#include "millet/report/progress.h"
#include "millet/report/run.h"
#include "millet/train/pretrain.h"

namespace millet::cli {

// Ends the view, marks the run as finished or interrupted, writes its page and says what comes next. The exit code.
int end_run(report::Run& run, report::View& view, train::Ended ended);

}  // namespace millet::cli
