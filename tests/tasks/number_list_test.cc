#include "millet/tasks/number_list.h"

#include <doctest/doctest.h>

using namespace millet;
using namespace millet::tasks;

TEST_CASE("what is written is read again, and nothing else is") {
  CHECK(to_text({4, 17, 8}) == "4 17 8");
  CHECK(read_numbers("4 17 8") == std::vector<int64_t>{4, 17, 8});
  CHECK(read_numbers("0") == std::vector<int64_t>{0});
  for (const char* text :
       {"", " ", " 4", "4 ", "4  5", "04", "-4", "-0", "+4", "4,5", "4.0", "4\t5", "99999999999999999999"})
    CHECK_FALSE(read_numbers(text).has_value());
}

TEST_CASE("random numbers stay below their bound") {
  Rng rng(1, "test");
  for (const int64_t n : random_numbers(rng, 1000, 3)) CHECK((n >= 0 && n < 3));
}
