// Runs a command on a terminal of its own, as a person does.
#pragma once

#include <doctest/doctest.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>

#include "tests/cli/shell.h"

namespace millet::tests {

// A terminal `columns` wide on which a shell runs one command; what it shows, and what it is when the command has
// ended.
class Terminal {
 public:
  Terminal(const std::string& command, int columns) {
    winsize size{};
    size.ws_col = static_cast<unsigned short>(columns);
    size.ws_row = 50;
    child_ = forkpty(&terminal_, nullptr, nullptr, &size);
    REQUIRE(child_ >= 0);
    if (child_ > 0) return;
    setenv("TERM", "xterm", 1);
    execl("/bin/sh", "sh", "-c", ("exec " + command).c_str(), nullptr);
    _exit(127);
  }
  ~Terminal() {
    close(terminal_);
    if (!ended_) kill(child_, SIGKILL);
    if (!ended_) waitpid(child_, nullptr, 0);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void type(const std::string& keys) { REQUIRE(write(terminal_, keys.data(), keys.size()) > 0); }

  // Waits until a line's editor has taken the terminal over: keys that come before are the terminal's own.
  bool wait_for_editor() const {
    for (int i = 0; i < 500 && echoes(); ++i) usleep(10'000);
    return !echoes();
  }

  // Reads until the text has come; false where the command has ended or is silent for long.
  bool wait_for(const std::string& text) {
    while (shown_.find(text) == std::string::npos) {
      if (!read_some()) return false;
    }
    return true;
  }

  // Reads what is there, until nothing comes for a moment.
  void catch_up() {
    pollfd ready{.fd = terminal_, .events = POLLIN, .revents = 0};
    while (poll(&ready, 1, 20) > 0 && read_some()) {
    }
  }

  // All bytes so far, as a terminal gets them.
  const std::string& bytes() const { return shown_; }

  bool echoes() const {
    termios now{};
    return tcgetattr(terminal_, &now) == 0 && (now.c_lflag & ECHO) != 0 && (now.c_lflag & ICANON) != 0;
  }

  // Waits for the end. The code is that of a shell: 128 and the signal's number where one ended it. Line ends are
  // plain.
  Outcome end() {
    while (read_some()) {
    }
    int status = 0;
    for (int i = 0; i < 200 && !ended_; ++i) {
      ended_ = waitpid(child_, &status, WNOHANG) == child_;
      if (!ended_) usleep(10'000);
    }
    REQUIRE(ended_);
    Outcome outcome{.output = "", .code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status)};
    for (const char c : shown_) {
      if (c != '\r') outcome.output += c;
    }
    return outcome;
  }

 private:
  bool read_some() {
    std::array<char, 4096> part;
    pollfd ready{.fd = terminal_, .events = POLLIN, .revents = 0};
    if (poll(&ready, 1, 20'000) <= 0) return false;
    const ssize_t n = read(terminal_, part.data(), part.size());
    if (n <= 0) return false;  // Linux answers with an error once nobody holds the other side
    shown_.append(part.data(), static_cast<size_t>(n));
    return true;
  }

  int terminal_ = -1;
  pid_t child_ = -1;
  bool ended_ = false;
  std::string shown_;
};

}  // namespace millet::tests
