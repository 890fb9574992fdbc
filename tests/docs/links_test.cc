// Whatever a page points at is there: linked files, paths of the source, targets of the Makefile, verbs.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/docs/pages.h"

namespace fs = std::filesystem;
using namespace millet::docs;

static const fs::path kRoot = MILLET_SOURCE_DIR;

static std::vector<std::string> found(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> matches;
  for (std::sregex_iterator m(text.begin(), text.end(), pattern), end; m != end; ++m) matches.push_back((*m)[1].str());
  return matches;
}

// Links to files, relative to the page's folder.
static std::vector<std::string> broken_links(const Page& page, const fs::path& root) {
  static const std::regex link(R"(\]\(([^)#\s]+)(#[^)]*)?\))");
  std::vector<std::string> broken;
  for (const std::string& target : found(page.text, link)) {
    if (target.find("://") != std::string::npos) continue;
    if (!fs::exists((root / page.path).parent_path() / target)) broken.push_back(target);
  }
  return broken;
}

// Paths in code spans, from the root; `<name>` and `*` stand for something and are passed over.
static std::vector<std::string> broken_paths(const Page& page, const fs::path& root) {
  static const std::regex path(R"(`((src|tests|docs|recipes|tools|fuzz)/[^`\s]+)`)");
  std::vector<std::string> broken;
  for (const std::string& named : found(page.text, path)) {
    if (named.find_first_of("<*{…") != std::string::npos) continue;
    if (!fs::exists(root / named)) broken.push_back(named);
  }
  return broken;
}

static std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST_CASE("a link or a path that leads nowhere is found") {
  const Page page{"docs/x.md",
                  "[a](architecture.md) [b](gone.md#x) [c](https://x.y/z) `src/millet/gone.cc` `tests/main.cc`"};
  CHECK(broken_links(page, kRoot) == std::vector<std::string>{"gone.md"});
  CHECK(broken_paths(page, kRoot) == std::vector<std::string>{"src/millet/gone.cc"});
}

TEST_CASE("every link and every path of the pages leads somewhere") {
  for (const Page& page : read_pages()) {
    for (const std::string& target : broken_links(page, kRoot)) FAIL_CHECK(page.path, " links to ", target);
    for (const std::string& target : broken_paths(page, kRoot)) FAIL_CHECK(page.path, " names ", target);
  }
}

// Recipes change how many steps they take: a page that names a checkpoint by its number sends its reader to another
// model than the command beside it, which takes the newest.
static std::vector<std::string> numbered_checkpoints(const Page& page) {
  static const std::regex checkpoint(R"((checkpoint-\d+))");
  return found(page.text, checkpoint);
}

TEST_CASE("no page names a checkpoint by its number") {
  const Page page{"docs/x.md", "`runs/demo/rl/checkpoint-40`, `checkpoint-…/`, `checkpoint-STEP`"};
  CHECK(numbered_checkpoints(page) == std::vector<std::string>{"checkpoint-40"});
  for (const Page& p : read_pages()) {
    for (const std::string& name : numbered_checkpoints(p)) FAIL_CHECK(p.path, " names ", name);
  }
}

TEST_CASE("every make target that pages name is one") {
  static const std::regex target(R"((?:`|\n    )make ([a-z-]+))");
  const std::string makefile = read(kRoot / "Makefile");
  for (const Page& page : read_pages()) {
    for (const std::string& name : found(page.text, target))
      CHECK_MESSAGE(makefile.find("\n" + name + ":") != std::string::npos, page.path, ": make ", name);
  }
}

TEST_CASE("every page of docs is linked from the front page or from one that is") {
  const std::vector<Page> pages = read_pages();
  std::vector<std::string> reached = {"README.md"};
  for (size_t i = 0; i < reached.size(); ++i) {
    const Page page = read_page(reached[i]);
    for (const Page& other : pages) {
      const std::string name = page.path == "README.md" ? other.path : fs::path(other.path).filename().string();
      const bool linked = page.text.find("](" + name) != std::string::npos;
      if (linked && std::find(reached.begin(), reached.end(), other.path) == reached.end())
        reached.push_back(other.path);
    }
  }
  for (const Page& page : pages)
    CHECK_MESSAGE(std::find(reached.begin(), reached.end(), page.path) != reached.end(), page.path,
                  " is linked nowhere");
}
