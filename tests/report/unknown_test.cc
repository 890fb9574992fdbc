#include "millet/report/unknown.h"

#include <doctest/doctest.h>

using namespace millet;
using namespace millet::report;

TEST_CASE("what is no number in memory is null in a file, and comes back unknown") {
  CHECK(json_number(0.25).dump() == "0.25");
  CHECK(json_number(kUnknown).dump() == "null");
  CHECK(json_number(std::numeric_limits<double>::infinity()).dump() == "null");
  const io::Json object = io::Json::parse(R"({"loss": 2.5, "reward": null})");
  CHECK(number_of(object, "loss") == 2.5);
  CHECK(std::isnan(number_of(object, "reward")));
  CHECK(std::isnan(number_of(object, "length")));
}
