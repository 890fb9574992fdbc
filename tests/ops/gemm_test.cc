#include "millet/ops/gemm.h"

#include "millet/core/error.h"
#include "tests/ops/backends.h"
#include "tests/ops/gemm_cases.h"

using namespace millet;
using namespace millet::tests;

static std::vector<double> run_nt(Rig& rig, const GemmCase& c, bool packed, bool accumulate) {
  const Tensor x = rig.tensor({c.rows, c.depth}, normals(c.rows * c.depth, 1));
  ops::Weight w{.value = rig.tensor({c.columns, c.depth}, normals(c.columns * c.depth, 2))};
  const Tensor y = rig.tensor({c.rows, c.columns}, normals(c.rows * c.columns, 3));
  if (packed) {
    const Tensor layout = rig.bytes(ops::gemm_packed_bytes(rig.ctx(), w.value));
    ops::gemm_pack(rig.ctx(), w.value, layout);
    w.packed = layout;
  }
  ops::gemm_nt(rig.ctx(), x, w, y, {.accumulate = accumulate});
  return rig.read(y);
}

TEST_CASE("gemm_nt agrees with the reference on every back end and shape") {
  Rig reference = oracle();
  on_every_backend([&](Rig& rig) {
    for (const GemmCase& c : gemm_conformance_cases()) {
      for (const bool accumulate : {false, true}) {
        CAPTURE(c.rows);
        CAPTURE(c.columns);
        CAPTURE(c.depth);
        const std::vector<double> want = run_nt(reference, c, false, accumulate);
        const std::vector<double> got = run_nt(rig, c, false, accumulate);
        CHECK(error(got, want) < 3e-6);
        CHECK(run_nt(rig, c, true, accumulate) == got);  // a packed weight gives the same bits
      }
    }
  });
}

TEST_CASE("a weight of the wrong width is refused by name") {
  Rig rig("cpu");
  CHECK_THROWS_WITH_AS(ops::gemm_nt(rig.ctx(), rig.tensor({2, 4}), {.value = rig.tensor({3, 5})}, rig.tensor({2, 3})),
                       "gemm_nt: w is f32 [3, 5]; expected [3, 4]", Error);
}
