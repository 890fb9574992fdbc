// tools/demo.sh colours a terminal alone; the chains that it and the pages ask are like those that the model was
// trained on.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

#include "millet/tasks/list.h"
#include "tests/cli/terminal.h"
#include "tests/docs/pages.h"
#include "tests/io/temporary_directory.h"

namespace fs = std::filesystem;
using namespace millet;
using namespace millet::tests;

namespace {

const fs::path kRoot = MILLET_SOURCE_DIR;

// The script in a folder of its own, where a program that does nothing stands for millet: over in no time.
std::string script_in(const fs::path& folder) {
  fs::create_directories(folder / "tools");
  fs::create_directories(folder / "build/release");
  fs::copy_file(kRoot / "tools/demo.sh", folder / "tools/demo.sh");
  const fs::path program = folder / "build/release/millet";
  std::ofstream(program) << "#!/bin/sh\n";
  fs::permissions(program, fs::perms::owner_all);
  return "'" + (folder / "tools/demo.sh").string() + "'";
}

// The chains that a text asks: "3+4*7=?".
std::vector<std::string> chains_in(const std::string& text) {
  static const std::regex chain(R"(\d([-+*]\d)+=\?)");
  std::vector<std::string> found;
  for (std::sregex_iterator m(text.begin(), text.end(), chain), end; m != end; ++m) found.push_back(m->str());
  return found;
}

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(kRoot / path).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("the demonstration's script colours a terminal, unless NO_COLOR is set, and nothing else") {
  const TemporaryDirectory folder;
  const std::string script = script_in(folder.path());
  const Outcome piped = shell("env -u NO_COLOR TERM=xterm " + script + " 2>&1");
  CHECK(piped.code == 0);
  CHECK(piped.output.find("\n$ millet pretrain recipes/demo.toml --seed 1") != std::string::npos);
  CHECK(piped.output.find('\033') == std::string::npos);

  const Outcome shown = Terminal("env -u NO_COLOR " + script, 200).end();
  CHECK(shown.code == 0);
  CHECK(shown.output.find("\033[2m$ millet pretrain") != std::string::npos);
  for (const std::string setting : {"NO_COLOR=1 ", "-u NO_COLOR TERM=dumb "}) {
    const Outcome plain = Terminal("env " + setting + script, 200).end();
    CHECK(plain.code == 0);
    CHECK(plain.output.find('\033') == std::string::npos);
  }
}

TEST_CASE("the demonstration's script does the same with the other recipes, and knows no others") {
  const TemporaryDirectory folder;
  const std::string script = script_in(folder.path());
  for (const std::string name : {"parity", "countdown"}) {
    CHECK(fs::exists(kRoot / "recipes" / (name + ".toml")));
    const Outcome run = shell(script + " 2 runs/there " + name);
    CHECK(run.code == 0);
    CHECK(run.output.find("$ millet rl recipes/" + name + ".toml --seed 2 --set init=runs/there/base") !=
          std::string::npos);
  }
  const Outcome unknown = shell(script + " 1 runs/there sudoku 2>&1");
  CHECK(unknown.code == 2);
  CHECK(unknown.output.find("there are demo, parity, countdown") != std::string::npos);
}

TEST_CASE("the chains that pages, recipe and script ask are as long as those that the demo trains on") {
  const tasks::DifficultyRange trained = tasks::find("chain").default_range();
  std::string text = text_of("tools/demo.sh") + text_of("recipes/demo.toml");
  for (const docs::Page& page : docs::read_pages()) text += page.text;
  const std::vector<std::string> asked = chains_in(text);
  CHECK(asked.size() > 5);
  for (const std::string& chain : asked) {
    const auto operations = static_cast<int64_t>(chain.size() - 3) / 2;
    CHECK_MESSAGE(operations >= trained.min, chain, " has ", operations, " operations");
    CHECK_MESSAGE(operations <= trained.max, chain, " has ", operations, " operations");
  }
}
