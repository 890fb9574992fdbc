#include "millet/plan/hardware.h"

#include <doctest/doctest.h>

using namespace millet;

TEST_CASE("this machine has cores and memory, and says so in words") {
  const plan::Hardware here = plan::this_machine();
  CHECK(here.cores >= 1);
  CHECK(here.memory_available > (int64_t{1} << 20));
  CHECK(here.describe().find(std::to_string(here.cores) + " core") != std::string::npos);
}

TEST_CASE("what the system does not say is left out") {
  CHECK(plan::Hardware{.processor = "", .cores = 2, .memory_available = 0}.describe() == "2 cores");
  CHECK(plan::Hardware{.processor = "Z80", .cores = 1, .memory_available = 65'500}.describe() ==
        "Z80, 1 core, 65.5 kB free");
}
