// millet report DIR: the page of a run, or of a demonstration and its controls.
#include <fmt/core.h>

#include "millet/cli/command.h"
#include "millet/cli/demonstration.h"
#include "millet/core/error.h"
#include "millet/report/html.h"
#include "millet/report/run.h"

namespace millet::cli {

static int run_report(const Arguments& args) {
  const std::filesystem::path dir = args.path("DIR");
  require(std::filesystem::is_directory(dir), "{}: there is no such directory", dir.string());
  if (!report::is_run(dir)) summarise_demonstration(dir);
  report::write_page(dir);
  fmt::print("{}\n", (dir / "report.html").string());
  return 0;
}

extern const Command report_command;
const Command report_command{.name = "report",
                             .summary = "one page with charts and transcripts of a run, or of a demonstration",
                             .positionals = {{"DIR", "a run, or a directory that holds base, rl and the controls"}},
                             .examples = {"millet report runs/shakespeare", "millet report runs/demo"},
                             .run = run_report};

}  // namespace millet::cli
