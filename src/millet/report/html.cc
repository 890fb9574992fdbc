#include "millet/report/html.h"

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/report/demo_page.h"
#include "millet/report/run.h"
#include "millet/report/run_page.h"

namespace millet::report {

std::filesystem::path write_page(const std::filesystem::path& dir) {
  const bool is_demo = std::filesystem::exists(dir / "summary.json");
  require(is_demo || is_run(dir), "{} holds neither a run (run.json) nor a demonstration (summary.json)", dir.string());
  const std::filesystem::path page = dir / "report.html";
  io::write_file_atomically(page, is_demo ? demo_page(dir) : run_page(dir));
  return page;
}

}  // namespace millet::report
