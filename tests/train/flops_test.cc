#include "millet/train/flops.h"

#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("operations grow with rows and with the square of a sequence") {
  SmallJob job;
  const std::vector<data::PackedSegment> one{{0, 40}}, two{{0, 40}, {40, 40}}, joined{{0, 80}};
  const double single = train::forward_flops(job.model, one, false);
  CHECK(train::forward_flops(job.model, two, false) == doctest::Approx(2 * single));
  CHECK(train::forward_flops(job.model, joined, false) > 2 * single);
  CHECK(train::forward_flops(job.model, one, true) > single);
  CHECK(train::forward_flops(job.model, {}, false) == 0);
}
