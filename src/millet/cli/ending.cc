#include "millet/cli/ending.h"

#include <fmt/core.h>

#include "millet/cli/interrupt.h"
#include "millet/cli/stderr_log.h"
#include "millet/report/html.h"

namespace millet::cli {

int end_run(report::Run& run, report::View& view, train::Ended ended) {
  view.finish();
  const bool stopped = ended == train::Ended::stopped;
  if (stopped)
    run.interrupt(interrupt_name());
  else
    run.finish();
  report::write_page(run.dir());
  if (stopped)
    tell(fmt::format("stopped by {}; the same command goes on", interrupt_name()), 0);
  else
    fmt::print("{}\n", run.dir().string());
  return stopped ? 1 : 0;
}

}  // namespace millet::cli
