#include "millet/cli/stderr_log.h"

#include <unistd.h>

#include <string>

#include "millet/report/terminal.h"

namespace millet::cli {

void StderrLog::write(Level level, std::string_view text) {
  if (level == Level::info && quiet_) return;
  fmt::print(stderr, "{}{}\n", level == Level::warning ? "warning: " : "", text);
}

void tell(std::string_view text, int indent) {
  const bool is_terminal = isatty(STDERR_FILENO) == 1;
  fmt::print(stderr, "{}\n",
             is_terminal ? report::wrap(text, report::screen_of(STDERR_FILENO).columns, indent) : std::string(text));
}

}  // namespace millet::cli
