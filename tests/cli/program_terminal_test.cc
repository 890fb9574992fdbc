// The program on terminals of several widths, and at the keyboard.
#include <doctest/doctest.h>

#include <regex>
#include <sstream>
#include <string>

#include "millet/report/terminal.h"
#include "tests/cli/shell.h"
#include "tests/cli/terminal.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::tests;

static const std::string kMillet = MILLET_PROGRAM;
static const std::string kRecipe = std::string(MILLET_SOURCE_DIR) + "/recipes/demo.toml";

// A model of two steps: enough to be asked.
static std::string trained(const TemporaryDirectory& dir) {
  const std::string run = (dir / "base").string();
  REQUIRE(shell(kMillet + " pretrain " + kRecipe +
                " --set train.steps=2 --set train.step_tokens=256 --set train.validate_every=0 "
                "--set data.validation_problems=8 --quiet --out '" +
                run + "'")
              .code == 0);
  return run;
}

// Words before the live view, one a line. Figures differ from run to run and count as one.
static std::string words_of(const std::string& output) {
  static const std::regex figure("[0-9][0-9.,:]*");
  std::istringstream in(output.substr(0, output.find('\x1b')));
  std::string out;
  for (std::string word; in >> word;) out += std::regex_replace(word, figure, "0") + "\n";
  return out;
}

TEST_CASE("what is said at the start breaks between words at any width of a terminal, and not at all elsewhere") {
  const TemporaryDirectory dir;
  const std::string rl = kMillet + " rl " + kRecipe + " --set init='" + trained(dir) +
                         "' --set rl.steps=1 --set rl.prompts=2 --set rl.group=2 --set rl.max_new_tokens=8 "
                         "--set rl.evaluate_every=0 --out ";
  const std::string plain = shell(rl + "'" + (dir / "plain").string() + "' 2>&1 >/dev/null").output;
  CHECK(plain.find("\nGRPO   J = ") != std::string::npos);
  CHECK(plain.find("memory  at most ") == 0);
  const std::string start = plain.substr(0, plain.find("are not computed"));
  for (const int columns : {40, 100}) {
    CAPTURE(columns);
    Terminal terminal(rl + "'" + (dir / std::to_string(columns)).string() + "'", columns);
    const std::string seen = terminal.end().output;
    CAPTURE(seen);
    std::istringstream lines(seen.substr(0, seen.find('\x1b')));
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) CHECK(report::display_width(line) <= columns);
    CHECK(count > 5);
    CHECK(words_of(seen).starts_with(words_of(start)));
  }
}

TEST_CASE("Ctrl-C at the prompt of chat ends it with 130 and leaves a terminal that echoes") {
  const TemporaryDirectory dir;
  Terminal terminal(kMillet + " chat '" + trained(dir) + "' --max-new-tokens 4", 80);
  REQUIRE(terminal.wait_for("> "));
  REQUIRE(terminal.wait_for_editor());
  terminal.type("3+4");
  REQUIRE(terminal.wait_for("3+4"));
  terminal.type("\x03");
  CHECK(terminal.end().code == 130);
  CHECK(terminal.echoes());
}

TEST_CASE("an empty line or Ctrl-D ends chat in order") {
  const TemporaryDirectory dir;
  const std::string run = trained(dir);
  for (const char* keys : {"\n", "\x04"}) {
    Terminal terminal(kMillet + " chat '" + run + "' --max-new-tokens 4", 80);
    REQUIRE(terminal.wait_for("> "));
    REQUIRE(terminal.wait_for_editor());
    terminal.type(keys);
    CHECK(terminal.end().code == 0);
  }
}
