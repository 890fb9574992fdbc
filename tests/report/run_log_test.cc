#include "millet/report/run_log.h"

#include <doctest/doctest.h>

#include <thread>

#include "millet/io/file.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::report;

namespace {

View::Options into(std::string& seen) {
  return {.manner = View::Manner::lines,
          .screen = [] { return Screen{}; },
          .write = [&seen](std::string_view bytes) { seen += bytes; },
          .now = [] { return 0.0; }};
}

}  // namespace

TEST_CASE("remarks and warnings of the library stand in the run's log and in the view") {
  const TemporaryDirectory tmp;
  Run run = Run::create(tmp.path() / "run", {.verb = "rl", .version = "0"}, "");
  std::string seen;
  View view(into(seen));
  RunLog log(&run, &view);
  log.warn("{} tensors are missing", 3);
  log.info("goes on from step {}", 7);
  CHECK(seen == "warning: 3 tensors are missing\ngoes on from step 7\n");
  const std::string text = io::read_file(run.dir() / "log.txt");
  CHECK(text.find("Z  warning: 3 tensors are missing\n") != std::string::npos);
  CHECK(text.find("Z  goes on from step 7\n") != std::string::npos);
}

TEST_CASE("either of run and view may be absent") {
  const TemporaryDirectory tmp;
  Run run = Run::create(tmp.path() / "run", {.verb = "rl", .version = "0"}, "");
  std::string seen;
  View view(into(seen));
  RunLog(nullptr, &view).warn("a");
  RunLog(&run, nullptr).warn("b");
  RunLog(nullptr, nullptr).warn("c");
  CHECK(seen == "warning: a\n");
  CHECK(io::read_file(run.dir() / "log.txt").find("warning: b\n") != std::string::npos);
}

TEST_CASE("a view of warnings alone is given warnings and no remarks") {
  std::string seen;
  View::Options options = into(seen);
  options.manner = View::Manner::warnings;
  View view(std::move(options));
  RunLog log(nullptr, &view);
  log.info("a remark");
  log.warn("answers could not be judged");
  CHECK(seen == "warning: answers could not be judged\n");
}

TEST_CASE("lines of several threads stay whole") {
  const TemporaryDirectory tmp;
  Run run = Run::create(tmp.path() / "run", {.verb = "rl", .version = "0"}, "");
  RunLog log(&run, nullptr);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&log] {
      for (int i = 0; i < 50; ++i) log.info("{}", std::string(100, 'x'));
    });
  }
  for (std::thread& t : threads) t.join();
  std::string_view text;
  const std::string bytes = io::read_file(run.dir() / "log.txt");
  text = bytes;
  int lines = 0;
  for (; !text.empty(); text.remove_prefix(text.find('\n') + 1), ++lines) CHECK(text.find('\n') == 122);
  CHECK(lines == 200);
}
