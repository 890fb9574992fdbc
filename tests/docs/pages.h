// The user's pages (README.md and docs/*.md) as the tests of this folder read them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace millet::docs {

struct Page {
  std::string path;  // from the root: "docs/pretrain.md"
  std::string text;
};

// In the order in which a reader meets them, so that what one page makes is there for the next.
std::vector<Page> read_pages();
Page read_page(const std::string& path);

// A command of a page: an indented line that begins with `millet`, `echo` or `printf`, as typed, continued lines joined
// and comments taken off. The page itself says what a test adds so that nobody has to wait:
//   <!-- test pretrain: --set train.steps=2 -->     to every `millet pretrain` below, until the next such line
struct Command {
  std::string page;
  std::size_t line = 0;  // counted from 1
  std::string typed;
  std::string tested;  // with what the test adds
};
std::vector<Command> commands_of(const Page& page);

// The first cells of the tables under a heading that begins with `heading`, where they are one code span.
struct Cell {
  std::size_t line = 0;
  std::string code;
};
std::vector<Cell> first_cells(const Page& page, std::string_view heading);

}  // namespace millet::docs
