#include "millet/io/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "millet/core/error.h"

namespace millet::io {

using Clock = std::chrono::steady_clock;

static constexpr size_t kLongestLine = size_t{1} << 20;
static constexpr size_t kErrorsKept = 4096;
static constexpr int kCarefulAnswers = 20;
static constexpr int kCarefulWait = 5;  // milliseconds

LineProcess::LineProcess(std::vector<std::string> command) : command_(std::move(command)) {
  require(!command_.empty() && !command_[0].empty(), "a command needs at least a program");
}

LineProcess::~LineProcess() {
  stop();
}

void LineProcess::start() {
  std::array<int, 2> channel{}, errors{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel.data()) != 0)
    fail_own("cannot make a channel to '{}': {}", command_[0], std::strerror(errno));
  if (pipe2(errors.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    const int reason = errno;
    for (const int file : channel) close(file);
    fail_own("cannot make a channel to '{}': {}", command_[0], std::strerror(reason));
  }
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, channel[1], 0);
  posix_spawn_file_actions_adddup2(&files, channel[1], 1);
  posix_spawn_file_actions_adddup2(&files, errors[1], 2);
  // A group of its own: Ctrl-C is ours to handle, and what the child starts ends with it. Signals that we caught or
  // blocked are as they always are.
  posix_spawnattr_init(&attributes);
  sigset_t none, usual;
  sigemptyset(&none);
  sigemptyset(&usual);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGXFSZ}) sigaddset(&usual, signal);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<char*> arguments;
  for (std::string& word : command_) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = -1;
  const int reason = posix_spawnp(&child, arguments[0], &files, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  close(channel[1]);
  close(errors[1]);
  if (reason != 0) {
    close(channel[0]);
    close(errors[0]);
    millet::fail("cannot start '{}': {}", command_[0], std::strerror(reason));
  }
  child_ = child;
  channel_ = channel[0];
  errors_ = errors[0];
  unread_.clear();
  error_text_.clear();
  careful_ = kCarefulAnswers;
}

void LineProcess::stop() {
  if (child_ < 0) return;
  kill(-child_, SIGKILL);
  int status = 0;
  waitpid(child_, &status, 0);
  close(channel_);
  close(errors_);
  child_ = channel_ = errors_ = -1;
}

void LineProcess::drain_errors() {
  std::array<char, 4096> part{};
  ssize_t count = 0;
  while (errors_ >= 0 && (count = read(errors_, part.data(), part.size())) > 0) {
    error_text_.append(part.data(), static_cast<size_t>(count));
    if (error_text_.size() > 2 * kErrorsKept) error_text_.erase(0, error_text_.size() - kErrorsKept);
  }
}

// The last line that says something: of a Python traceback, the exception.
std::string LineProcess::last_error() const {
  size_t end = error_text_.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return "";
  const size_t begin = error_text_.rfind('\n', end);
  const size_t from = begin == std::string::npos ? 0 : begin + 1;
  return error_text_.substr(from, std::min<size_t>(end + 1 - from, 200));
}

LineProcess::Answer LineProcess::fail(std::string what) {
  drain_errors();
  const std::string said = last_error();
  stop();
  return {.failure = said.empty() ? std::move(what) : fmt::format("{}: {}", what, said)};
}

static int milliseconds_left(Clock::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
  return static_cast<int>(std::clamp<int64_t>(left, 0, 1 << 30));
}

bool LineProcess::send(std::string_view bytes, Clock::time_point until) {
  while (!bytes.empty()) {
    pollfd wait{.fd = channel_, .events = POLLOUT, .revents = 0};
    if (poll(&wait, 1, milliseconds_left(until)) == 0) return false;
    const ssize_t sent = ::send(channel_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return true;  // it has ended: reading says how
    if (sent > 0) bytes.remove_prefix(static_cast<size_t>(sent));
    drain_errors();
  }
  return true;
}

// Whether something stands there that nobody asked for.
bool LineProcess::wrote_more(int milliseconds) {
  if (!unread_.empty()) return true;
  pollfd wait{.fd = channel_, .events = POLLIN, .revents = 0};
  char first = 0;
  return poll(&wait, 1, milliseconds) > 0 && recv(channel_, &first, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

LineProcess::Answer LineProcess::ask(std::string_view line, std::chrono::milliseconds limit) {
  const bool restarted = child_ >= 0 && wrote_more(0);
  if (restarted) stop();
  if (child_ < 0) start();
  const Clock::time_point until = Clock::now() + limit;
  const auto too_late = [&] {
    return fail(fmt::format("gave no answer within {:g} s", static_cast<double>(limit.count()) / 1000));
  };
  if (!send(std::string(line) + "\n", until)) return too_late();
  while (true) {
    if (const size_t end = unread_.find('\n'); end != std::string::npos) {
      Answer answer{.ok = true, .line = unread_.substr(0, end), .restarted = restarted};
      unread_.erase(0, end + 1);
      drain_errors();
      if (wrote_more(careful_ > 0 ? kCarefulWait : 0)) return fail("wrote more than one line");
      careful_ = std::max(0, careful_ - 1);
      return answer;
    }
    if (unread_.size() > kLongestLine) return fail("wrote a mebibyte without a line break");
    std::array<pollfd, 2> wait{pollfd{.fd = channel_, .events = POLLIN, .revents = 0},
                               pollfd{.fd = errors_, .events = POLLIN, .revents = 0}};
    if (poll(wait.data(), wait.size(), milliseconds_left(until)) == 0) return too_late();
    drain_errors();
    if (wait[1].revents != 0 && wait[0].revents == 0 && (wait[1].revents & POLLIN) == 0)
      poll(wait.data(), 1, std::min(milliseconds_left(until), 20));  // its errors are closed: no reason to spin
    if (wait[0].revents == 0) {
      if (milliseconds_left(until) == 0) return too_late();
      continue;
    }
    std::array<char, 65536> part{};
    const ssize_t count = read(channel_, part.data(), part.size());
    if (count > 0) {
      unread_.append(part.data(), static_cast<size_t>(count));
      continue;
    }
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    // It closed its output: it has ended, or will.
    int status = 0;
    for (int tries = 0; tries < 50 && waitpid(child_, &status, WNOHANG) == 0; ++tries) usleep(2000);
    if (WIFSIGNALED(status)) return fail(fmt::format("was ended by signal {}", WTERMSIG(status)));
    return fail(fmt::format("ended with code {}", WIFEXITED(status) ? WEXITSTATUS(status) : 0));
  }
}

}  // namespace millet::io
