#include "millet/tasks/list.h"

#include <doctest/doctest.h>

#include <set>

#include "millet/core/error.h"

using namespace millet;
using namespace millet::tasks;

TEST_CASE("each task is found by its name, and names are unique") {
  std::set<std::string_view> names;
  for (const Task* task : all()) {
    CHECK(&find(task->name()) == task);
    CHECK(names.insert(task->name()).second);
    CHECK_FALSE(task->summary().empty());
  }
  for (const char* name :
       {"addition", "chain", "countdown", "game24", "multiplication", "parity", "path", "running_sum", "sorting"}) {
    CAPTURE(name);
    CHECK(names.count(name) == 1);
  }
}

TEST_CASE("an unknown task is refused with the nearest name, or with all of them") {
  CHECK_THROWS_WITH_AS(find("chian"), "unknown task 'chian': did you mean 'chain'?", Error);
  CHECK_THROWS_WITH_AS(find("integrals"), doctest::Contains("chain, addition, parity"), Error);
}
