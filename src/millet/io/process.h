// A child process that answers each line on its standard input with a line on its standard output.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millet::io {

class LineProcess {
 public:
  // `command`: a program, looked for in PATH, and its arguments. It is started by the first ask() and runs until this
  // ends; it and all that it started are killed then.
  explicit LineProcess(std::vector<std::string> command);
  LineProcess(const LineProcess&) = delete;
  LineProcess& operator=(const LineProcess&) = delete;
  ~LineProcess();

  struct Answer {
    bool ok = false;
    std::string line;        // without its line break
    std::string failure;     // why there is none: "gave no answer within 5 s", "ended with code 1: ZeroDivisionError"
    bool restarted = false;  // before this line was sent: late, it had written another for the one before
  };
  // One line there, one line back. A process that has ended in order behind its last answer is started anew and asked.
  // A process that ended otherwise, went silent or wrote too much (1 MiB without a line break) is
  // killed, and the next ask() starts it anew; so is one that writes more than a line, or what it says next would be
  // taken for the answer to another. A limit below a millisecond is one. Throws Error where it cannot be started at
  // all.
  Answer ask(std::string_view line, std::chrono::duration<double> limit);

 private:
  void start();
  void stop();
  Answer fail(std::string what);
  bool send(std::string_view bytes, std::chrono::steady_clock::time_point until);
  void drain_errors();
  bool wrote_more(int milliseconds);
  bool has_ended() const;
  std::string last_error() const;

  std::vector<std::string> command_;
  int child_ = -1;   // its process id, and its group's
  int input_ = -1;   // its standard input, …
  int output_ = -1;  // … output …
  int errors_ = -1;  // … and error
  int64_t answers_ = 0;
  std::string unread_;
  int careful_ = 0;  // answers behind which a second line is waited for: a program that writes one mostly does always
  std::string error_text_;  // the last of what it wrote there
};

// Kills all that run now, with what they started: for a handler of signals that ends the program, whose destructors
// then do not run. Nothing else may be asked afterwards.
void end_line_processes() noexcept;

}  // namespace millet::io
