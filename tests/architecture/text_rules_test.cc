#include "tests/architecture/text_rules.h"

#include <doctest/doctest.h>

using namespace millet::architecture;

TEST_CASE("reading the environment is found, but for what a terminal needs") {
  CHECK(environment_reads({{"src/millet/report/a.cc", "std::getenv(\"TERM\");\ngetenv(\"NO_COLOR\")\n"}}).empty());
  CHECK(environment_reads({{"src/millet/ops/a.cc", "if (std::getenv(\"MILLET_FAST\"))\n"}}).size() == 1);
  CHECK(environment_reads({{"src/millet/ops/a.cc", "const char* v = getenv(name);\n"}}).size() == 1);
  CHECK(environment_reads({{"tests/cli/a.cc", "getenv(\"X\")\n"}}).empty());
}

TEST_CASE("a mark of undone work is found") {
  const std::string mark = std::string("TO") + "DO";
  CHECK(unfinished_marks({{"src/millet/nn/a.h", "int a;  // " + mark + ": later\n"}}).size() == 1);
  CHECK(unfinished_marks({{"tests/nn/a.cc", "\n// " + mark + "\n"}}).size() == 1);
  CHECK(unfinished_marks({{"src/millet/nn/a.h", "// MASTODON\n"}}).empty());
}

TEST_CASE("a header that does not say what it is for, or can be included twice, is found") {
  CHECK(silent_headers({{"src/millet/nn/a.h", "// A norm.\n#pragma once\n"}}).empty());
  CHECK(silent_headers({{"src/millet/nn/a.h", "#pragma once\n"}}).size() == 2);
  CHECK(silent_headers({{"src/millet/nn/a.h", "// A norm.\nint x;\n"}}).size() == 1);
}

TEST_CASE("randomness from elsewhere than core/rng is found") {
  CHECK(foreign_randomness({{"src/millet/data/a.cc", "std::shuffle(a, b, c);\n"}}).size() == 1);
  CHECK(foreign_randomness({{"src/millet/data/a.cc", "#include <random>\n"}}).size() == 1);
  CHECK(foreign_randomness({{"src/millet/data/a.cc", "int x = rand() % 3;\n"}}).size() == 1);
  CHECK(foreign_randomness({{"src/millet/data/a.cc", "Rng rng(seed, \"shuffle\"); operand();\n"}}).empty());
}

TEST_CASE("the project keeps to the rules about lines") {
  const Tree tree = read_tree(MILLET_SOURCE_DIR);
  for (const Findings& found :
       {environment_reads(tree), unfinished_marks(tree), silent_headers(tree), foreign_randomness(tree)})
    CHECK_MESSAGE(found.empty(), joined(found));
}
