#include "millet/io/process.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "millet/core/error.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace std::chrono_literals;
using io::LineProcess;

TEST_CASE("lines are answered in turn by one process") {
  LineProcess process({"sh", "-c", "n=0; while read -r line; do n=$((n+1)); echo \"$n $line\"; done"});
  CHECK(process.ask("a", 10s).line == "1 a");
  CHECK(process.ask("", 10s).line == "2 ");
  CHECK(process.ask("ü \"x\"", 10s).line == "3 ü \"x\"");
  const std::string large(300'000, 'x');  // more than a pipe holds
  CHECK(process.ask(large, 10s).line == "4 " + large);
}

TEST_CASE("a process that ends is told with its last words, and started anew") {
  LineProcess process({"sh", "-c", "read -r line; echo \"$line\"; read -r line; echo boom >&2; exit 3"});
  CHECK(process.ask("a", 10s).line == "a");
  const LineProcess::Answer ended = process.ask("b", 10s);
  CHECK_FALSE(ended.ok);
  CHECK(ended.failure == "ended with code 3: boom");
  CHECK(process.ask("c", 10s).line == "c");
}

TEST_CASE("a process that takes so many lines and ends in order is started anew for the next") {
  for (const char* before_the_end : {"", "sleep 0.05"}) {
    LineProcess once({"sh", "-c", "read -r line; echo \"$line\"; " + std::string(before_the_end)});
    for (const char* line : {"a", "b", "c", "d"}) {
      const LineProcess::Answer answer = once.ask(line, 10s);
      CHECK(answer.line == line);
      CHECK(answer.ok);
    }
  }
  LineProcess never({"sh", "-c", "read -r line"});
  CHECK(never.ask("a", 10s).failure == "ended with code 0");
}

TEST_CASE("a process may open its input and output by name, and Python's output does not wait in a buffer") {
  LineProcess named({"sh", "-c", "while read -r line; do echo \"$line\" > /dev/stdout; done < /dev/stdin"});
  CHECK(named.ask("a", 10s).line == "a");
  CHECK(named.ask("b", 10s).line == "b");
  LineProcess python({"python3", "-c", "import sys\nfor line in sys.stdin: print(line.strip() * 2)"});
  CHECK(python.ask("a", 20s).line == "aa");
  CHECK(python.ask("b", 20s).line == "bb");
}

TEST_CASE("silence, a flood and a signal are failures, and end the process with what it started") {
  const TemporaryDirectory dir;
  const std::string pid_file = (dir / "pid").string();
  LineProcess silent({"sh", "-c", "sleep 60 & echo $! > '" + pid_file + "'; read -r line; wait"});
  CHECK(silent.ask("a", 300ms).failure == "gave no answer within 0.3 s, nor any before: does it flush what it writes?");
  std::ifstream file(pid_file);
  int pid = 0;
  file >> pid;
  REQUIRE(pid > 0);
  // Gone, or dead and not yet collected by whoever collects orphans here.
  const auto lives = [&] {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    return std::getline(stat, text) && text.find(") Z") == std::string::npos;
  };
  for (int tries = 0; lives() && tries < 200; ++tries) std::this_thread::sleep_for(10ms);
  CHECK_FALSE(lives());

  LineProcess flood({"sh", "-c", "read -r line; yes x | tr -d '\\n'"});
  CHECK(flood.ask("a", 30s).failure == "wrote a mebibyte without a line break");
  LineProcess killed({"sh", "-c", "read -r line; kill -SEGV $$"});
  CHECK(killed.ask("a", 10s).failure == "was ended by signal 11");
}

TEST_CASE("a second line is refused, and not taken for the next answer") {
  LineProcess twice({"sh", "-c", "while read -r line; do echo \"$line\"; [ \"$line\" = b ] && echo more; done; true"});
  CHECK(twice.ask("a", 10s).line == "a");
  CHECK(twice.ask("b", 10s).failure == "wrote more than one line");
  const LineProcess::Answer next = twice.ask("c", 10s);
  CHECK(next.line == "c");
  CHECK_FALSE(next.restarted);
  CHECK(twice.ask("d", 10s).line == "d");

  // Late, when the line before was answered: the process is started anew before it is asked.
  LineProcess late(
      {"sh", "-c", "while read -r line; do echo \"$line\"; [ \"$line\" = b ] && { sleep 0.1; echo more; }; done"});
  CHECK(late.ask("b", 10s).line == "b");
  std::this_thread::sleep_for(500ms);
  const LineProcess::Answer after = late.ask("c", 10s);
  CHECK(after.line == "c");
  CHECK(after.restarted);
}

TEST_CASE("a program that is not there is an error that names it") {
  LineProcess process({"no-such-program-anywhere"});
  CHECK_THROWS_WITH_AS(process.ask("a", 1s), "cannot start 'no-such-program-anywhere': No such file or directory",
                       Error);
  CHECK_THROWS_AS(LineProcess({}), Error);
}
