// The messages that pages explain under "If it goes wrong" are those of the program.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "tests/docs/pages.h"

namespace fs = std::filesystem;
using namespace millet::docs;

// The source's text with neighbouring literals joined and every {placeholder} as a page writes it: …
static std::string as_pages_write(const std::string& source) {
  static const std::regex seam(R"("\s*\n\s*")"), placeholder(R"(\{[^{}\s]*\})"), quote(R"(\\")");
  std::string text = std::regex_replace(source, seam, "");
  text = std::regex_replace(text, placeholder, "…");
  return std::regex_replace(text, quote, "\"");
}

static std::string all_messages() {
  std::string text;
  for (const fs::directory_entry& entry :
       fs::recursive_directory_iterator(fs::path(MILLET_SOURCE_DIR) / "src/millet")) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".cc" && extension != ".h") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream source;
    source << file.rdbuf();
    text += as_pages_write(source.str());
  }
  return text;
}

TEST_CASE("literals that the formatter has cut are joined, placeholders are written as dots") {
  CHECK(as_pages_write("fail(\"{}: no {:.2f} \"\n     \"of '{}'\", a);") == "fail(\"…: no … of '…'\", a);");
}

TEST_CASE("every message that a page explains is one of the program's") {
  const std::string messages = all_messages();
  size_t explained = 0;
  for (const Page& page : read_pages()) {
    for (const Cell& cell : first_cells(page, "## If it goes wrong")) {
      ++explained;
      CHECK_MESSAGE(messages.find(cell.code) != std::string::npos, page.path, ":", cell.line, ": no message says \"",
                    cell.code, "\"");
    }
  }
  CHECK(explained > 20);
}
