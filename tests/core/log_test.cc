#include "millet/core/log.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace millet;

namespace {
class Kept final : public Log {
 public:
  void write(Level level, std::string_view text) override {
    lines.push_back((level == Level::warning ? "w " : "i ") + std::string(text));
  }
  std::vector<std::string> lines;
};
}  // namespace

TEST_CASE("texts arrive formatted and with their level") {
  Kept log;
  log.info("step {}", 3);
  log.warn("{} of {} answers were cut", 2, 5);
  CHECK(log.lines == std::vector<std::string>{"i step 3", "w 2 of 5 answers were cut"});
}

TEST_CASE("the silent log is one object and drops what it gets") {
  CHECK(&Log::silent() == &Log::silent());
  CHECK_NOTHROW(Log::silent().warn("nobody hears {}", 1));
}
