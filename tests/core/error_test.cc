#include "millet/core/error.h"

#include <doctest/doctest.h>

using namespace millet;

TEST_CASE("a requirement that holds does nothing, one that fails throws its text") {
  CHECK_NOTHROW(require(true, "never seen {}", 1));
  CHECK_THROWS_WITH_AS(require(false, "key '{}' is {}, it must be positive", "lr", -1),
                       "key 'lr' is -1, it must be positive", Error);
}

TEST_CASE("an error says whose mistake it is") {
  try {
    fail("file missing");
  } catch (const Error& e) {
    CHECK(e.fault() == Fault::input);
  }
  try {
    fail_own("disk full");
  } catch (const Error& e) {
    CHECK(e.fault() == Fault::own);
  }
}

TEST_CASE("an outer layer adds where, and keeps whose mistake it is") {
  const Error inner("offset beyond the end", Fault::own);
  const Error outer = inner.within("while reading tensor lm_head.weight");
  CHECK(outer.what() == doctest::String("while reading tensor lm_head.weight: offset beyond the end"));
  CHECK(outer.fault() == Fault::own);
}
