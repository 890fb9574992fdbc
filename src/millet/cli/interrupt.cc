#include "millet/cli/interrupt.h"

#include <unistd.h>

#include <csignal>

namespace millet::cli {

// A handler can reach nothing but such variables.
static volatile std::sig_atomic_t first_signal = 0;

static void on_signal(int signal) {
  if (first_signal != 0) {
    static constexpr char kText[] = "\nstopped at once; the newest checkpoint stands\n";
    [[maybe_unused]] const auto written = write(STDERR_FILENO, kText, sizeof kText - 1);
    _exit(128 + signal);
  }
  first_signal = signal;
  static constexpr char kText[] = "\nstopping at the next step with a checkpoint; once more stops at once\n";
  [[maybe_unused]] const auto written = write(STDERR_FILENO, kText, sizeof kText - 1);
}

void watch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() {
  return first_signal != 0;
}

const char* interrupt_name() {
  if (first_signal == SIGINT) return "SIGINT";
  return first_signal == SIGTERM ? "SIGTERM" : "";
}

}  // namespace millet::cli
