#include "millet/text/mark_guard.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"

using namespace millet;
using namespace millet::text;

static const std::vector<std::string> kMarks = {"</a>", "<a>", "<a><b>", "<b>", "ab"};
static const MarkGuard kGuard = {.inside = "1", .before = "2", .after = "3"};

TEST_CASE("marks at a text's ends stay whole, others are broken") {
  CHECK(guarded("<a>x</a>", kMarks, kGuard) == "<a>3x2</a>");
  CHECK(guarded("x<a>y", kMarks, kGuard) == "x<1a>y");
  CHECK(guarded("<b>", kMarks, kGuard) == "<1b>");
  CHECK(guarded("<a>", kMarks, kGuard) == "<1a>1");          // it begins another
  CHECK(guarded("<a><b>x", kMarks, kGuard) == "<1a><1b>x");  // a mark begins within the longest one
  CHECK(guarded("x y", kMarks, kGuard) == "x y");
  CHECK(guarded("", kMarks, kGuard).empty());
}

TEST_CASE("the beginning of a mark at the end is broken off, spaces behind it or not") {
  CHECK(guarded("x<", kMarks, kGuard) == "x<1");
  CHECK(guarded("x</a \n", kMarks, kGuard) == "x</a1 \n");
  CHECK(guarded("a", kMarks, kGuard) == "a1");
  CHECK(guarded("<a", kMarks, kGuard) == "<a1");
}

TEST_CASE("what is guarded comes back, and the guard's characters are nobody's") {
  for (const std::string text : {"<a>x</a>", "<a><b><", "ab ab", "\u00e9</a"}) {
    const MarkGuard guard = MarkGuard::for_texts(text + "\uFDD0");
    CHECK(guard.inside == "\uFDD1");
    CHECK(unguarded(guarded(text, kMarks, guard), guard) == text);
  }
  std::string all;
  for (char last = '\x90'; last < '\xB0'; ++last) all += std::string("\xEF\xB7") + last;
  CHECK_THROWS_AS(MarkGuard::for_texts(all), Error);
}
