#include "millet/ops/gemm.h"

#include <functional>

#include "millet/core/error.h"
#include "tests/ops/backends.h"
#include "tests/ops/gemm_cases.h"

using namespace millet;
using namespace millet::tests;
using Values = std::vector<double>;

// One product of a case's sizes with the case's own random operands: rows × columns outputs, chains of `depth`.
using Product = std::function<Values(Rig&, const GemmCase&, bool accumulate)>;

static Values nt(Rig& rig, const GemmCase& c, bool accumulate) {
  const Tensor x = rig.tensor({c.rows, c.depth}, normals(c.rows * c.depth, 1));
  const Tensor w = rig.tensor({c.columns, c.depth}, normals(c.columns * c.depth, 2));
  const Tensor y = rig.tensor({c.rows, c.columns}, normals(c.rows * c.columns, 3));
  ops::gemm_nt(rig.ctx(), x, {.value = w}, y, {.accumulate = accumulate});
  return rig.read(y);
}

static Values nt_packed(Rig& rig, const GemmCase& c, bool accumulate) {
  const Tensor x = rig.tensor({c.rows, c.depth}, normals(c.rows * c.depth, 1));
  const Tensor w = rig.tensor({c.columns, c.depth}, normals(c.columns * c.depth, 2));
  const Tensor y = rig.tensor({c.rows, c.columns}, normals(c.rows * c.columns, 3));
  const Tensor packed = rig.bytes(ops::gemm_packed_bytes(rig.ctx(), w));
  ops::gemm_pack(rig.ctx(), w, packed);
  ops::gemm_nt(rig.ctx(), x, {.value = w, .packed = packed}, y, {.accumulate = accumulate});
  return rig.read(y);
}

static Values nn(Rig& rig, const GemmCase& c, bool accumulate) {
  const Tensor x = rig.tensor({c.rows, c.depth}, normals(c.rows * c.depth, 1));
  const Tensor w = rig.tensor({c.depth, c.columns}, normals(c.columns * c.depth, 2));
  const Tensor y = rig.tensor({c.rows, c.columns}, normals(c.rows * c.columns, 3));
  ops::gemm_nn(rig.ctx(), x, w, y, {.accumulate = accumulate});
  return rig.read(y);
}

static Values tn(Rig& rig, const GemmCase& c, bool accumulate) {
  const Tensor a = rig.tensor({c.depth, c.rows}, normals(c.rows * c.depth, 1));
  const Tensor b = rig.tensor({c.depth, c.columns}, normals(c.columns * c.depth, 2));
  const Tensor y = rig.tensor({c.rows, c.columns}, normals(c.rows * c.columns, 3));
  ops::gemm_tn(rig.ctx(), a, b, y, {.accumulate = accumulate});
  return rig.read(y);
}

static void check_against_reference(const Product& product) {
  std::vector<Values> want;
  Rig reference = oracle();
  for (const GemmCase& c : gemm_conformance_cases()) {
    for (const bool accumulate : {false, true}) want.push_back(product(reference, c, accumulate));
  }
  on_every_backend([&](Rig& rig) {
    size_t i = 0;
    for (const GemmCase& c : gemm_conformance_cases()) {
      for (const bool accumulate : {false, true}) {
        CAPTURE(c.rows);
        CAPTURE(c.columns);
        CAPTURE(c.depth);
        CHECK(error(product(rig, c, accumulate), want[i++]) < 3e-6);
      }
    }
  });
}

TEST_CASE("gemm_nt agrees with the reference on every back end and shape") {
  check_against_reference(nt);
}

TEST_CASE("gemm_nn agrees with the reference on every back end and shape") {
  check_against_reference(nn);
}

TEST_CASE("gemm_tn agrees with the reference on every back end and shape") {
  check_against_reference(tn);
}

TEST_CASE("a packed weight gives the same bits as a plain one") {
  on_every_backend([&](Rig& rig) {
    for (const GemmCase& c : gemm_conformance_cases()) {
      CHECK(nt_packed(rig, c, false) == nt(rig, c, false));
      CHECK(nt_packed(rig, c, true) == nt(rig, c, true));
    }
  });
}

TEST_CASE("with fused multiply-add every output is one chain over the depth, bit for bit") {
  for (const std::string& name : ops::devices_present()) {
    if (name != "cpu:v3" && name != "cpu:v4") continue;
    CAPTURE(name);
    Rig rig(name, 2);
    for (const GemmCase& c : gemm_conformance_cases()) {
      CAPTURE(c.rows);
      CAPTURE(c.columns);
      CAPTURE(c.depth);
      const Values x = normals(c.rows * c.depth, 1), w = normals(c.columns * c.depth, 2);
      Values chain = normals(c.rows * c.columns, 3);
      for (size_t i = 0; i < chain.size(); ++i) {
        const size_t m = i / static_cast<size_t>(c.columns), n = i % static_cast<size_t>(c.columns);
        auto sum = static_cast<float>(chain[i]);
        for (size_t k = 0; k < static_cast<size_t>(c.depth); ++k)
          sum = std::fma(static_cast<float>(x[m * static_cast<size_t>(c.depth) + k]),
                         static_cast<float>(w[n * static_cast<size_t>(c.depth) + k]), sum);
        chain[i] = static_cast<double>(sum);
      }
      CHECK(nt(rig, c, true) == chain);
    }
  }
}

TEST_CASE("a row's bits depend on its own operands alone") {
  for (const std::string& name : ops::devices_present()) {
    CAPTURE(name);
    Rig rig(name, 2);
    const int64_t rows = 200, columns = 77, depth = 530;
    const Tensor x = rig.tensor({rows, depth}, normals(rows * depth, 1));
    const Tensor w = rig.tensor({columns, depth}, normals(columns * depth, 2));
    const Tensor all = rig.tensor({rows, columns}), part = rig.tensor({rows, columns});
    ops::gemm_nt(rig.ctx(), x, {.value = w}, all);
    for (int64_t first = 0, count = 1; first + count <= rows; first += count, ++count)
      ops::gemm_nt(rig.ctx(), x.rows(first, count), {.value = w}, part.rows(first, count));
    Values want = rig.read(all);
    want.resize(static_cast<size_t>(190 * columns));  // 1 + 2 + … + 19
    Values got = rig.read(part);
    got.resize(want.size());
    CHECK(got == want);
  }
}

TEST_CASE("leading strides are followed and what lies between the rows is left alone") {
  on_every_backend([&](Rig& rig) {
    const Tensor x = rig.tensor({7, 40}, normals(280, 1)), w = rig.tensor({19, 50}, normals(950, 2));
    const Tensor y = rig.tensor({7, 30}), dense = rig.tensor({7, 19});
    ops::gemm_nt(rig.ctx(), x.slice(1, 3, 33), {.value = w.slice(1, 9, 33)}, y.slice(1, 5, 19));
    const Tensor x_copy = rig.tensor({7, 33}), w_copy = rig.tensor({19, 33});
    for (int64_t r = 0; r < 7; ++r)
      rig.ctx().device().copy(x_copy.rows(r, 1).data(), x.slice(1, 3, 33).rows(r, 1).data(), 33 * 4);
    for (int64_t r = 0; r < 19; ++r)
      rig.ctx().device().copy(w_copy.rows(r, 1).data(), w.slice(1, 9, 33).rows(r, 1).data(), 33 * 4);
    ops::gemm_nt(rig.ctx(), x_copy, {.value = w_copy}, dense);
    const Values wide = rig.read(y), narrow = rig.read(dense);
    for (size_t i = 0; i < wide.size(); ++i) {
      const size_t column = i % 30;
      CHECK(wide[i] == (column < 5 || column >= 24 ? 0.0 : narrow[i / 30 * 19 + column - 5]));
    }
  });
}

// Experts with uneven rows, one without any.
static const std::vector<int32_t> kBegin = {0, 5, 5, 6, 73, 300};
static constexpr int64_t kExperts = 5, kRows = 300, kN = 40, kK = 23;

TEST_CASE("grouped products give the bits of the plain product of each matrix") {
  on_every_backend([&](Rig& rig) {
    Context& ctx = rig.ctx();
    const Tensor begin = rig.ids({kExperts + 1}, kBegin);
    const Tensor x = rig.tensor({kRows, kK}, normals(kRows * kK, 1));
    const Tensor dy = rig.tensor({kRows, kN}, normals(kRows * kN, 2));
    const Tensor w = rig.tensor({kExperts, kN, kK}, normals(kExperts * kN * kK, 3));
    const Tensor packed = rig.bytes(ops::gemm_packed_bytes(ctx, w));
    ops::gemm_pack(ctx, w, packed);
    const Tensor y = rig.tensor({kRows, kN}), y_packed = rig.tensor({kRows, kN}), y_plain = rig.tensor({kRows, kN});
    const Tensor dx = rig.tensor({kRows, kK}), dx_plain = rig.tensor({kRows, kK});
    const Values old = normals(kExperts * kN * kK, 4);
    const Tensor dw = rig.tensor({kExperts, kN, kK}, old), dw_plain = rig.tensor({kExperts, kN, kK}, old);
    ops::gemm_grouped_nt(ctx, x, {.value = w}, begin, y);
    ops::gemm_grouped_nt(ctx, x, {.value = w, .packed = packed}, begin, y_packed);
    ops::gemm_grouped_nn(ctx, dy, w, begin, dx);
    ops::gemm_grouped_tn(ctx, dy, x, begin, dw, {.accumulate = true});
    for (int64_t e = 0; e < kExperts; ++e) {
      const int64_t first = kBegin[static_cast<size_t>(e)], rows = kBegin[static_cast<size_t>(e) + 1] - first;
      ops::gemm_nt(ctx, x.rows(first, rows), {.value = w.select(e)}, y_plain.rows(first, rows));
      ops::gemm_nn(ctx, dy.rows(first, rows), w.select(e), dx_plain.rows(first, rows));
      ops::gemm_tn(ctx, dy.rows(first, rows), x.rows(first, rows), dw_plain.select(e), {.accumulate = true});
    }
    CHECK(rig.read(y) == rig.read(y_plain));
    CHECK(rig.read(y_packed) == rig.read(y_plain));
    CHECK(rig.read(dx) == rig.read(dx_plain));
    CHECK(rig.read(dw) == rig.read(dw_plain));
    ops::gemm_grouped_tn(ctx, dy, x, begin, dw);
    const Values written = rig.read(dw.select(1));
    CHECK(written == Values(written.size(), 0.0));  // no rows: exactly zero
  });
}

TEST_CASE("operands of wrong shapes and types are refused by name") {
  Rig rig("cpu");
  Context& ctx = rig.ctx();
  const Tensor x = rig.tensor({2, 4}), y = rig.tensor({2, 3});
  CHECK_THROWS_WITH_AS(ops::gemm_nt(ctx, x, {.value = rig.tensor({3, 5})}, y),
                       "gemm_nt: w is f32 [3, 5]; expected [3, 4]", Error);
  CHECK_THROWS_WITH_AS(ops::gemm_nn(ctx, x, rig.tensor({4, 2}), y), "gemm_nn: y is f32 [2, 3]; expected [2, 2]", Error);
  CHECK_THROWS_WITH_AS(ops::gemm_tn(ctx, x, rig.ids({2, 3}), rig.tensor({4, 3})),
                       "gemm_tn: b is i32 [2, 3]; expected f32", Error);
  CHECK_THROWS_WITH_AS(ops::gemm_nt(ctx, x, {}, y), "gemm_nt: w is absent; expected [3, 4]", Error);
  CHECK_THROWS_WITH_AS(ops::gemm_grouped_nn(ctx, x, rig.tensor({1, 4, 3}), rig.ids({2}, {0, 1}), y),
                       "gemm_grouped_nn: begin does not ascend from 0 to the 2 rows of its operands", Error);
  Rig wide("cpu", 1, DType::f64);
  CHECK_THROWS_WITH_AS(ops::gemm_nn(wide.ctx(), wide.tensor({1, 1}), wide.tensor({1, 1}), wide.tensor({1, 1})),
                       "gemm_nn: x is f64 [1, 1]; the cpu computes in f32, only the reference in f64 too", Error);
}
