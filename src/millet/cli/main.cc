// `millet VERB …`: reads the command line, runs the verb, turns errors into one message and an exit code: 2 for bad
// input, 1 for a failure of our own.
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>

#include "millet/cli/command_line.h"
#include "millet/core/error.h"

namespace {

constexpr int kBadInput = 2;
constexpr int kOwnFailure = 1;

int run(const std::vector<std::string>& words) {
  const auto line = millet::cli::read_command_line(millet::cli::commands(), words);
  if (line.command != nullptr) return line.command->run(line.arguments);
  fmt::print("{}", line.text);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on the size of files is then an error of writing, which is told
  try {
    const int code = run({argv + 1, argv + argc});
    // What was printed is lost silently if nobody looks (a full disk behind `> file`).
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
      millet::fail_own("could not write all output to stdout: is its disk full?");
    return code;
  } catch (const millet::Error& e) {
    fmt::print(stderr, "millet: {}\n", e.what());
    return e.fault() == millet::Fault::input ? kBadInput : kOwnFailure;
  } catch (const std::filesystem::filesystem_error& e) {  // a path that cannot even be looked at
    fmt::print(stderr, "millet: cannot use {}: {}\n", e.path1().string(), e.code().message());
    return kBadInput;
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "millet: memory ran out: take a smaller model, batch or context\n");
    return kOwnFailure;
  } catch (const std::exception& e) {
    fmt::print(stderr, "millet: internal error: {}\n", e.what());
    return kOwnFailure;
  }
}
