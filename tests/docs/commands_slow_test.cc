// Every command that a page shows is run, in one folder laid out as the repository is, page after page, with the
// settings that the page names for tests: small models for a few steps.
#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "tests/cli/shell.h"
#include "tests/docs/pages.h"
#include "tests/io/temporary_directory.h"

namespace fs = std::filesystem;
using namespace millet::docs;
using namespace millet::tests;

namespace {

// As a reader would run it: `millet` is found by its name, nobody types; both streams. An answer is due within a
// minute.
Outcome run(const fs::path& folder, const Command& command) {
  const fs::path program = MILLET_PROGRAM;
  const fs::path script = folder / "command.sh";
  std::FILE* file = std::fopen(script.c_str(), "w");
  REQUIRE(file != nullptr);
  std::fprintf(file, "cd '%s'\nPATH='%s':$PATH\n%s\n", folder.c_str(), program.parent_path().c_str(),
               command.tested.c_str());
  std::fclose(file);
  return shell("timeout 60 sh '" + script.string() + "' 2>&1 < /dev/null");
}

// The repository's files that commands name, and a text of the reader's own.
void lay_out(const fs::path& folder) {
  const fs::path root = MILLET_SOURCE_DIR;
  fs::copy(root / "recipes", folder / "recipes", fs::copy_options::recursive);
  fs::create_directories(folder / "bench");
  fs::copy(root / "bench/peers", folder / "bench/peers", fs::copy_options::recursive);
  fs::create_directories(folder / "tests/golden");
  fs::copy(root / "tests/golden/families", folder / "tests/golden/families", fs::copy_options::recursive);
  fs::copy(root / "recipes/data/shakespeare.txt", folder / "book.txt");
}

}  // namespace

TEST_CASE("every command of the pages runs as it is written") {
  const TemporaryDirectory folder;
  lay_out(folder.path());
  int commands = 0;
  for (const Page& page : read_pages()) {
    for (const Command& command : commands_of(page)) {
      ++commands;
      const Outcome outcome = run(folder.path(), command);
      CHECK_MESSAGE(outcome.code == 0, command.page, ":", command.line, ": ", command.tested, "\nexit code ",
                    outcome.code, "\n", outcome.output);
      // A line of a file that cannot be read is no failure of the command, but one of the page.
      CHECK_MESSAGE(outcome.output.find("{\"error\"") == std::string::npos, command.page, ":", command.line, ": ",
                    command.tested, "\n", outcome.output);
    }
  }
  CHECK(commands > 30);
}

TEST_CASE("a page whose command is wrong is found") {
  const TemporaryDirectory folder;
  const Command typo{.page = "docs/x.md", .line = 1, .typed = "", .tested = "millet pretrian recipes/demo.toml"};
  CHECK(run(folder.path(), typo).code == 2);
  const Command gone{.page = "docs/x.md", .line = 1, .typed = "", .tested = "echo 1 | millet chat runs/none"};
  CHECK(run(folder.path(), gone).code == 2);
}
