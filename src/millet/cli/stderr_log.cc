#include "millet/cli/stderr_log.h"

namespace millet::cli {

void StderrLog::write(Level level, std::string_view text) {
  if (level == Level::info && quiet_) return;
  fmt::print(stderr, "{}{}\n", level == Level::warning ? "warning: " : "", text);
}

}  // namespace millet::cli
