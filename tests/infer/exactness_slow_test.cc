// The whole of exactness_test on every device and level.
#include <doctest/doctest.h>

#include "millet/ops/devices.h"
#include "tests/infer/exactness.h"

using namespace millet;
using namespace millet::infer;

TEST_CASE("batches of 1, 7 and 64, across pages, packed differently, give the same bits on every device") {
  for (const std::string& device : ops::devices_present()) {
    for (const double temperature : {1.0, 0.7}) check_exactness(device, temperature, whole_workload(temperature));
  }
}
