// Ctrl-C and SIGTERM as a user sends them: the run ends in order, with its checkpoint and its page.
#include "millet/cli/interrupt.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "millet/io/file.h"
#include "millet/io/process.h"
#include "millet/report/run.h"
#include "tests/cli/shell.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::tests;
using namespace std::chrono_literals;

namespace {

// Starts a job that would take long, signals it once it has done a step, and returns its exit code.
int stopped(const std::string& signal, const std::string& job, const std::filesystem::path& run) {
  const std::string metrics = (run / "metrics.jsonl").string();
  return shell(std::string(MILLET_PROGRAM) + " " + job + " --quiet --out '" + run.string() + "' 2>/dev/null & " +
               "for i in $(seq 600); do grep -qs '\"grad_norm\"' '" + metrics + "' && break; sleep 0.1; done; " +
               "kill -" + signal + " $!; wait $!")
      .code;
}

void check_page(const std::filesystem::path& run, const std::string& signal) {
  CHECK(report::read_run(run).state == "interrupted");
  REQUIRE(std::filesystem::exists(run / "report.html"));
  CHECK(io::read_file(run / "report.html").find("interrupted: " + signal) != std::string::npos);
}

}  // namespace

// A child that asks a checker which never answers is sent these signals. Gives its status, once the checker and what it
// has started are gone; 0 where they are not.
static int status_of_checking(const TemporaryDirectory& dir, std::vector<int> signals, void (*asks)(io::LineProcess&)) {
  const std::string pids = (dir / "pids").string();
  std::filesystem::remove(pids);
  const pid_t child = fork();
  if (child == 0) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_DFL);
    close(STDERR_FILENO);
    io::LineProcess checker(
        {"sh", "-c", "sleep 100 & echo $$ $! > '" + pids + ".new'; mv '" + pids + ".new' '" + pids + "'; wait"});
    asks(checker);
    _exit(0);
  }
  for (int tries = 0; !std::filesystem::exists(pids) && tries < 2000; ++tries) std::this_thread::sleep_for(5ms);
  std::istringstream said(io::read_file(pids));
  for (const int signal : signals) {
    kill(child, signal);
    std::this_thread::sleep_for(50ms);
  }
  int status = 0;
  waitpid(child, &status, 0);
  for (int64_t pid; said >> pid;) {
    const auto lives = [&] {
      std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
      std::string text;
      return std::getline(stat, text) && text.find(") Z") == std::string::npos;
    };
    for (int tries = 0; lives() && tries < 400; ++tries) std::this_thread::sleep_for(5ms);
    if (lives()) return 0;
  }
  return status;
}

TEST_CASE("a program that judges ends with the one that asked it, which ends as the signal ends it") {
  const TemporaryDirectory dir;
  const auto evaluating = [](io::LineProcess& checker) {
    cli::tidy_up_on_signals();
    checker.ask("a", 60s);
  };
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    CAPTURE(signal);
    const int status = status_of_checking(dir, {signal}, evaluating);
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == signal);
  }
  const auto learning = [](io::LineProcess& checker) {
    const cli::InterruptWatch watch([](std::string_view) {});
    checker.ask("a", 60s);
  };
  const int status = status_of_checking(dir, {SIGINT, SIGINT}, learning);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 128 + SIGINT);
}

TEST_CASE("a run that is stopped leaves a checkpoint and a page that says so") {
  const TemporaryDirectory dir;
  const std::string recipe = std::string(MILLET_SOURCE_DIR) + "/recipes/demo.toml";
  CHECK(stopped("INT",
                "pretrain " + recipe +
                    " --set train.steps=100000 --set train.step_tokens=256 --set train.validate_every=0 "
                    "--set data.validation_problems=8",
                dir / "base") == 1);
  check_page(dir / "base", "SIGINT");
  CHECK(stopped("TERM",
                "rl " + recipe + " --set init='" + (dir / "base").string() +
                    "' --set rl.steps=100000 --set rl.prompts=2 --set rl.group=2 --set rl.max_new_tokens=8 "
                    "--set rl.evaluate_every=0 --set rl.grpo.skip_no_variance=false",
                dir / "rl") == 1);
  check_page(dir / "rl", "SIGTERM");
}
