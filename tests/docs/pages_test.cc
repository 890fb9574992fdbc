#include "tests/docs/pages.h"

#include <doctest/doctest.h>

using namespace millet::docs;

TEST_CASE("commands are read as typed, with what the page adds for tests") {
  const Page page{"docs/x.md",
                  "# X\n"
                  "    millet info a            # what it is\n"
                  "<!-- test pretrain: --set train.steps=2 -->\n"
                  "    millet pretrain a.toml --set data.source=b.txt \\\n"
                  "      --out runs/b\n"
                  "    echo '3+4=?' | millet chat runs/b\n"
                  "    output of something\n"
                  "```\n    millet nothing\n```\n"
                  "text: millet nothing\n"
                  "<!-- test pretrain: -->\n"
                  "    millet pretrain c.toml\n"};
  const std::vector<Command> commands = commands_of(page);
  REQUIRE(commands.size() == 4);
  CHECK(commands[0].typed == "millet info a");
  CHECK(commands[0].tested == "millet info a");
  CHECK(commands[1].line == 4);
  CHECK(commands[1].typed == "millet pretrain a.toml --set data.source=b.txt --out runs/b");
  CHECK(commands[1].tested == commands[1].typed + " --set train.steps=2");
  CHECK(commands[2].tested == "echo '3+4=?' | millet chat runs/b");
  CHECK(commands[3].tested == "millet pretrain c.toml");
}

TEST_CASE("the first cells of a section's tables are read, those of others are not") {
  const Page page{
      "docs/x.md",
      "## Keys\n| `a` | b |\n## If it goes wrong\n| message | cause |\n|---|---|\n| `c` | d |\n| e | f |\n"};
  const std::vector<Cell> cells = first_cells(page, "## If it goes wrong");
  REQUIRE(cells.size() == 1);
  CHECK(cells[0].code == "c");
  CHECK(cells[0].line == 6);
}

TEST_CASE("every page is read, those that a reader meets first in front") {
  const std::vector<Page> pages = read_pages();
  CHECK(pages.size() > 8);
  CHECK(pages.front().path == "docs/pretrain.md");
  for (const Page& page : pages) CHECK_MESSAGE(page.text.starts_with("# "), page.path, " has no title");
}
