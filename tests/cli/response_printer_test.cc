#include "millet/cli/response_printer.h"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

using millet::cli::ResponsePrinter;
using namespace millet::text;

static constexpr ResponseSyntax kThinks{true, ToolSyntax::none};
static constexpr ResponseSyntax kCalls{true, ToolSyntax::tags};

static std::string shown(std::initializer_list<const char*> pieces, bool colour = false,
                         ResponseSyntax syntax = kThinks) {
  std::string out;
  ResponsePrinter printer(colour, [&](std::string_view text) { out += text; });
  ResponseSplitter splitter(syntax);
  for (const char* piece : pieces) printer.print(splitter.push(piece));
  printer.print(splitter.finish());
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

TEST_CASE("each call stands on a line of its own") {
  const char* f = "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\": 1}}\n</tool_call>";
  CHECK(shown({f}, false, kCalls) == "→ f {\"x\": 1}\n");
  CHECK(shown({"<think>", "so", "</think>\n\n", f, "\n", f}, true, kCalls) ==
        "\x1b[2mso\x1b[0m\n→ f {\"x\": 1}\n→ f {\"x\": 1}\n");
  CHECK(shown({"Look:", f, "\n\nDone"}, false, kCalls) == "Look:\n→ f {\"x\": 1}\nDone\n");
}
