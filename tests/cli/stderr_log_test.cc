#include "millet/cli/stderr_log.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <string>

using namespace millet;

// What `write` leaves on stderr.
static std::string captured(const std::function<void()>& write) {
  std::fflush(stderr);
  const int kept = dup(STDERR_FILENO);
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  dup2(fileno(file), STDERR_FILENO);
  write();
  std::fflush(stderr);
  dup2(kept, STDERR_FILENO);
  close(kept);
  std::rewind(file);
  std::string text(256, '\0');
  text.resize(fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

TEST_CASE("remarks and warnings go to stderr, a line each") {
  CHECK(captured([] {
          cli::StderrLog log;
          log.info("step {}", 1);
          log.warn("{} answers were cut", 2);
        }) == "step 1\nwarning: 2 answers were cut\n");
}

TEST_CASE("a quiet log keeps warnings alone") {
  CHECK(captured([] {
          cli::StderrLog log(true);
          log.info("step {}", 1);
          log.warn("cut");
        }) == "warning: cut\n");
}
