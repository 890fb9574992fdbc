#include "millet/ops/embedding.h"

#include "tests/ops/conformance.h"
#include "tests/ops/row_cases.h"

using namespace millet;
using namespace millet::tests;

static constexpr int64_t kVocabulary = 11;

// Some ids repeat, some are absent, some are −1.
static std::vector<int32_t> some_ids(int64_t rows) {
  std::vector<int32_t> ids;
  for (int64_t t = 0; t < rows; ++t) ids.push_back(static_cast<int32_t>(t * 7 % 10) - 1);
  return ids;
}

static std::vector<double> forward(Rig& rig, const RowCase& c) {
  const Apart table(rig, {kVocabulary, c.width}, normals(kVocabulary * c.width, 1));
  const Apart y(rig, {c.rows, c.width});
  ops::embedding(rig.ctx(), table, rig.ids({c.rows}, some_ids(c.rows)), y);
  return y.read();
}

static std::vector<double> backward(Rig& rig, const RowCase& c) {
  const Apart dy(rig, {c.rows, c.width}, normals(c.rows * c.width, 2));
  const Apart dtable(rig, {kVocabulary, c.width}, normals(kVocabulary * c.width, 3));
  ops::embedding_backward(rig.ctx(), dy, rig.ids({c.rows}, some_ids(c.rows)), dtable);
  return dtable.read();
}

TEST_CASE("embedding copies exactly, −1 to zeros, on every back end and shape") {
  check_conformance(row_conformance_cases(), 0, forward);
}

TEST_CASE("embedding's backward adds rows in order on every back end and shape, whatever the threads") {
  check_conformance(row_conformance_cases(), 2e-6, backward);
}

TEST_CASE("the gradient of an embedding goes on from micro-batch to micro-batch as if they were one") {
  on_every_backend([](Rig& rig) {
    const int64_t T = 50, H = 33;
    const Tensor dy = rig.tensor({T, H}, normals(T * H, 1)), ids = rig.ids({T}, some_ids(T));
    const Tensor whole = rig.tensor({kVocabulary, H}), parts = rig.tensor({kVocabulary, H});
    ops::embedding_backward(rig.ctx(), dy, ids, whole);
    ops::embedding_backward(rig.ctx(), dy.rows(0, 13), ids.rows(0, 13), parts);
    ops::embedding_backward(rig.ctx(), dy.rows(13, 37), ids.rows(13, 37), parts);
    CHECK(same_bits(rig.read(parts), rig.read(whole)));
  });
}

TEST_CASE("an id beyond the table is refused with its place") {
  on_every_backend([](Rig& rig) {
    const Tensor table = rig.tensor({4, 8}), y = rig.tensor({2, 8});
    CHECK_THROWS_WITH_AS(ops::embedding(rig.ctx(), table, rig.ids({2}, {3, 4}), y),
                         "embedding: ids[1] is 4; the table has 4 rows", Error);
    CHECK_THROWS_WITH_AS(ops::embedding_backward(rig.ctx(), y, rig.ids({2}, {-2, 0}), table),
                         "embedding_backward: ids[0] is -2; the table has 4 rows", Error);
  });
}

TEST_CASE("embedding refuses ids of another type and outputs of another shape by name") {
  Rig rig("cpu");
  const Tensor table = rig.tensor({4, 8});
  CHECK_THROWS_WITH_AS(ops::embedding(rig.ctx(), table, rig.tensor({2}), rig.tensor({2, 8})),
                       "embedding: ids is f32 [2]; expected i32", Error);
  CHECK_THROWS_WITH_AS(ops::embedding(rig.ctx(), table, rig.ids({2}), rig.tensor({2, 7})),
                       "embedding: y is f32 [2, 7]; expected [2, 8]", Error);
}
