#include "millet/cli/ending.h"

#include <fmt/core.h>

#include "millet/cli/interrupt.h"
#include "millet/report/html.h"

namespace millet::cli {

int end_run(report::Run& run, train::Ended ended) {
  const bool stopped = ended == train::Ended::stopped;
  if (stopped)
    run.interrupt(interrupt_name());
  else
    run.finish();
  report::write_page(run.dir());
  if (stopped)
    fmt::print(stderr, "stopped by {}; the same command goes on\n", interrupt_name());
  else
    fmt::print("{}\n", run.dir().string());
  return stopped ? 1 : 0;
}

}  // namespace millet::cli
