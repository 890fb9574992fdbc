#include "millet/cli/thinking_printer.h"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

using millet::cli::ThinkingPrinter;

static std::string shown(std::initializer_list<const char*> pieces, bool colour = false) {
  std::string out;
  ThinkingPrinter printer(colour, [&](std::string_view text) { out += text; });
  for (const char* piece : pieces) printer.print(piece);
  printer.end();
  return out;
}

TEST_CASE("the answer stands on a line of its own behind its thinking") {
  CHECK(shown({"<think>", "3+4", "=7", "</think>", "<answer>", "7", "</answer>"}) == "3+4=7\n7\n");
  CHECK(shown({"<think>3+4=7</think><answer>7</answer>"}) == "3+4=7\n7\n");
  CHECK(shown({"<think>", "\n", "so\n", "</think>", "\n\n", "7", "\n8"}) == "so\n7\n8\n");
}

TEST_CASE("an answer without thinking has no empty line before it") {
  CHECK(shown({"<think>", "</think>", "<answer>", "7", "</answer>"}) == "7\n");
  CHECK(shown({"<think>\n\n</think>\n\n7"}) == "7\n");
  CHECK(shown({"7"}) == "7\n");
}

TEST_CASE("text of a model that does not think is left as it is") {
  CHECK(shown({"\n  O", ", ", "\n\nJULIET:\n"}) == "\n  O, \n\nJULIET:\n\n");
}

TEST_CASE("only the thinking is dimmed, also where it is cut off") {
  CHECK(shown({"<think>", "so", "</think>", "7"}, true) == "\x1b[2mso\x1b[0m\n7\n");
  CHECK(shown({"<think>", "so"}, true) == "\x1b[2mso\x1b[0m\n");
}
