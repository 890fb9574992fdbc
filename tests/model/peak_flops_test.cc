#include "millet/model/peak_flops.h"

#include <chrono>

#include "tests/ops/backends.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("the measured peak is that of a processor, found in less than a second") {
  Rig rig("cpu");
  const auto began = std::chrono::steady_clock::now();
  const double flops = model::peak_flops(rig.ctx());
  CHECK(flops > 1e8);
  CHECK(flops < 1e14);
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));  // a busy machine
}
