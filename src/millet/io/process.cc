#include "millet/io/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "millet/core/error.h"

namespace millet::io {

using Clock = std::chrono::steady_clock;

static constexpr size_t kLongestLine = size_t{1} << 20;
static constexpr size_t kErrorsKept = 4096;
static constexpr int kCarefulAnswers = 20;
static constexpr int kCarefulWait = 5;  // milliseconds
static constexpr std::chrono::duration<double> kShortestLimit{0.001};

// The groups that run, 0 where a place is free. A handler of signals can reach nothing but such variables. More than
// these are never run at once.
static std::array<std::atomic<pid_t>, 64> running_groups;
static_assert(std::atomic<pid_t>::is_always_lock_free);

static void put_in_place_of(pid_t before, pid_t after) {
  for (std::atomic<pid_t>& group : running_groups) {
    pid_t found = before;
    if (group.compare_exchange_strong(found, after)) return;
  }
}

void end_line_processes() noexcept {
  for (const std::atomic<pid_t>& group : running_groups) {
    if (const pid_t running = group; running > 0) kill(-running, SIGKILL);
  }
}

LineProcess::LineProcess(std::vector<std::string> command) : command_(std::move(command)) {
  require(!command_.empty() && !command_[0].empty(), "a command needs at least a program");
}

LineProcess::~LineProcess() {
  stop();
}

// Pipes and no sockets: a program may open /dev/stdin and /dev/stdout. Ours do not block.
static std::array<std::array<int, 2>, 3> make_pipes(const std::string& program) {
  std::array<std::array<int, 2>, 3> pipes{};
  for (size_t i = 0; i < pipes.size(); ++i) {
    if (pipe2(pipes[i].data(), O_CLOEXEC) == 0) {
      const int ours = pipes[i][i == 0 ? 1 : 0];
      fcntl(ours, F_SETFL, fcntl(ours, F_GETFL) | O_NONBLOCK);
      continue;
    }
    const int reason = errno;
    for (size_t made = 0; made < i; ++made)
      for (const int file : pipes[made]) close(file);
    fail_own("cannot make a channel to '{}': {}", program, std::strerror(reason));
  }
  return pipes;
}

// All variables of ours, and before them that Python's output is not to wait in a buffer for more of it.
static std::vector<char*> unbuffered(char** ours) {
  static char setting[] = "PYTHONUNBUFFERED=1";
  std::vector<char*> variables{setting};
  while (*ours != nullptr) variables.push_back(*ours++);
  variables.push_back(nullptr);
  return variables;
}

void LineProcess::start() {
  const auto [input, output, errors] = make_pipes(command_[0]);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input[0], 0);
  posix_spawn_file_actions_adddup2(&files, output[1], 1);
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
  char** const words = arguments.data();
  const int reason = posix_spawnp(&child, words[0], &files, &attributes, words, unbuffered(environ).data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  for (const int theirs : {input[0], output[1], errors[1]}) close(theirs);
  if (reason != 0) {
    for (const int ours : {input[1], output[0], errors[0]}) close(ours);
    millet::fail("cannot start '{}': {}", command_[0], std::strerror(reason));
  }
  child_ = child;
  put_in_place_of(0, child);
  input_ = input[1];
  output_ = output[0];
  errors_ = errors[0];
  unread_.clear();
  error_text_.clear();
  careful_ = kCarefulAnswers;
  answers_ = 0;
}

void LineProcess::stop() {
  if (child_ < 0) return;
  kill(-child_, SIGKILL);
  put_in_place_of(child_, 0);  // before its number may become another's
  int status = 0;
  waitpid(child_, &status, 0);
  for (const int file : {input_, output_, errors_}) close(file);
  child_ = input_ = output_ = errors_ = -1;
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
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  return static_cast<int>(std::clamp<int64_t>(left, 0, 1 << 30));
}

// Writes what the pipe takes; −1 as write() gives it, but without the signal that a pipe nobody reads raises.
static ssize_t write_some(int file, std::string_view bytes) {
  sigset_t broken, before;
  sigemptyset(&broken);
  sigaddset(&broken, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken, &before);
  const ssize_t written = write(file, bytes.data(), bytes.size());
  const int reason = errno;
  if (written < 0 && reason == EPIPE && sigismember(&before, SIGPIPE) == 0) {
    const timespec at_once{};
    sigtimedwait(&broken, nullptr, &at_once);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = reason;
  return written;
}

bool LineProcess::send(std::string_view bytes, Clock::time_point until) {
  while (!bytes.empty()) {
    pollfd wait{.fd = input_, .events = POLLOUT, .revents = 0};
    if (poll(&wait, 1, milliseconds_left(until)) == 0) return false;
    const ssize_t sent = write_some(input_, bytes);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return true;  // it has ended: reading says how
    if (sent > 0) bytes.remove_prefix(static_cast<size_t>(sent));
    drain_errors();
  }
  return true;
}

// Whether something stands there that nobody asked for.
bool LineProcess::wrote_more(int milliseconds) {
  if (!unread_.empty()) return true;
  pollfd wait{.fd = output_, .events = POLLIN, .revents = 0};
  int bytes = 0;
  return poll(&wait, 1, milliseconds) > 0 && ioctl(output_, FIONREAD, &bytes) == 0 && bytes > 0;
}

bool LineProcess::has_ended() const {
  pollfd wait{.fd = output_, .events = POLLIN, .revents = 0};
  return poll(&wait, 1, 0) > 0 && (wait.revents & POLLIN) == 0;
}

LineProcess::Answer LineProcess::ask(std::string_view line, std::chrono::duration<double> limit) {
  const bool restarted = child_ >= 0 && wrote_more(0);
  if (restarted || (child_ >= 0 && has_ended())) stop();
  if (child_ < 0) start();
  const Clock::time_point until =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(std::max(limit, kShortestLimit));
  const auto too_late = [&] {
    return fail(fmt::format("gave no answer within {:g} s{}", limit.count(),
                            answers_ > 0 ? "" : ", nor any before: does it flush what it writes?"));
  };
  if (!send(std::string(line) + "\n", until)) return too_late();
  while (true) {
    if (const size_t end = unread_.find('\n'); end != std::string::npos) {
      Answer answer{.ok = true, .line = unread_.substr(0, end), .restarted = restarted};
      unread_.erase(0, end + 1);
      drain_errors();
      if (wrote_more(careful_ > 0 ? kCarefulWait : 0)) return fail("wrote more than one line");
      careful_ = std::max(0, careful_ - 1);
      ++answers_;
      return answer;
    }
    if (unread_.size() > kLongestLine) return fail("wrote a mebibyte without a line break");
    std::array<pollfd, 2> wait{pollfd{.fd = output_, .events = POLLIN, .revents = 0},
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
    const ssize_t count = read(output_, part.data(), part.size());
    if (count > 0) {
      unread_.append(part.data(), static_cast<size_t>(count));
      continue;
    }
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    // It closed its output: it has ended, or will.
    int status = 0;
    for (int tries = 0; tries < 50 && waitpid(child_, &status, WNOHANG) == 0; ++tries) usleep(2000);
    if (WIFSIGNALED(status)) return fail(fmt::format("was ended by signal {}", WTERMSIG(status)));
    // One that takes so many lines and is done never saw this one.
    if (answers_ > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 && unread_.empty()) {
      stop();
      Answer answer = ask(line, limit);
      answer.restarted = restarted;
      return answer;
    }
    return fail(fmt::format("ended with code {}", WIFEXITED(status) ? WEXITSTATUS(status) : 0));
  }
}

}  // namespace millet::io
