#include "millet/cli/interrupt.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "millet/core/error.h"
#include "millet/io/process.h"
#include "millet/report/terminal.h"

namespace millet::cli {

namespace {

// A handler can reach nothing but such variables.
std::atomic<int> first_signal = 0;
std::atomic<int> to_teller = -1;    // the pipe that wakes it: a byte is the first signal, the pipe's end is the watch's
std::atomic<bool> is_live = false;  // stderr is a terminal, whose cursor the live view may have hidden
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

constexpr int kEnding[] = {SIGINT, SIGTERM, SIGHUP};

void write_all(std::string_view text) {
  [[maybe_unused]] const auto written = write(STDERR_FILENO, text.data(), text.size());
}

// NOTE: a terminal throws away what it has not shown yet when Ctrl-C comes, a half of a redraw with it. So the cursor
// and the colours are put right here, and what may be left of the redraw goes.
void tidy_up() {
  io::end_line_processes();
  if (is_live) write_all("\x1b[0m\x1b[?25h\n\x1b[J");
}

[[noreturn]] void end_at_once(int signal) {
  tidy_up();
  write_all("stopped at once; the same command goes on from the newest checkpoint, if any\n");
  _exit(128 + signal);
}

void on_signal(int signal) {
  const int error = errno;
  int none = 0;
  if (!first_signal.compare_exchange_strong(none, signal)) end_at_once(signal);
  [[maybe_unused]] const auto written = write(to_teller, "", 1);
  errno = error;
}

void end_as_the_signal_does(int signal) {
  tidy_up();
  std::signal(signal, SIG_DFL);
  raise(signal);  // comes when this returns
}

}  // namespace

void tidy_up_on_signals() {
  is_live = report::screen_of(STDERR_FILENO).live;
  for (const int signal : kEnding) {
    struct sigaction action {};
    if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) continue;  // as nohup sets it
    action = {};
    action.sa_handler = end_as_the_signal_does;
    sigaction(signal, &action, nullptr);
  }
}

// NOTE: the handler tells nothing itself: it could come in the middle of a redraw, and the next one would erase what it
// had told. A thread may wait for the view.
InterruptWatch::InterruptWatch(std::function<void(std::string_view)> tell) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail_own("cannot watch for Ctrl-C: {}", std::strerror(errno));
  to_teller = ends[1];
  is_live = report::screen_of(STDERR_FILENO).live;
  teller_ = std::thread([tell = std::move(tell), from = ends[0]] {
    char byte;
    ssize_t n;
    while ((n = read(from, &byte, 1)) < 0 && errno == EINTR) {
    }
    if (n == 1) tell("stopping at the next step with a checkpoint; once more stops at once");
    close(from);
  });
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

InterruptWatch::~InterruptWatch() {
  close(to_teller.exchange(-1));
  teller_.join();
}

bool interrupted() {
  return first_signal != 0;
}

const char* interrupt_name() {
  if (first_signal == SIGINT) return "SIGINT";
  return first_signal == SIGTERM ? "SIGTERM" : "";
}

}  // namespace millet::cli
