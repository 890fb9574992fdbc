#include "millet/data/packing.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "millet/core/error.h"
#include "millet/core/rng.h"

using namespace millet;
using namespace millet::data;

namespace {

Example document(std::vector<int32_t> tokens, std::vector<uint8_t> scored) {
  return {.tokens = std::move(tokens), .scored = std::move(scored)};
}

// Documents of 2 to 20 tokens; token values tell document and place; the first third is a prompt.
class Documents final : public Source {
 public:
  explicit Documents(std::optional<uint64_t> size = std::nullopt) : size_(size) {}
  Example at(uint64_t index) const override {
    const int64_t length = 2 + Rng(1, "test", index).below(19);
    Example e;
    for (int64_t i = 0; i < length; ++i) {
      e.tokens.push_back(static_cast<int32_t>(index * 100) + static_cast<int32_t>(i));
      e.scored.push_back(i > length / 3 ? 1 : 0);
    }
    return e;
  }
  std::optional<uint64_t> size() const override { return size_; }

 private:
  std::optional<uint64_t> size_;
};

}  // namespace

TEST_CASE("two documents are packed into rows as by hand") {
  const PackedBatch b =
      pack(std::vector<Example>{document({10, 11, 12, 13}, {0, 0, 1, 1}), document({20, 21}, {0, 1})}, 3);
  CHECK(b.tokens == std::vector<int32_t>{10, 11, 12, 20});
  CHECK(b.positions == std::vector<int32_t>{0, 1, 2, 0});
  CHECK(b.next == std::vector<int32_t>{11, 12, 13, 21});
  CHECK(b.weight == std::vector<float>{0, 1.0f / 3, 1.0f / 3, 1.0f / 3});
  REQUIRE(b.segments.size() == 2);
  CHECK((b.segments[0].first_row == 0 && b.segments[0].rows == 3));
  CHECK((b.segments[1].first_row == 3 && b.segments[1].rows == 1));
}

TEST_CASE("a step that has scored what was asked for takes no further example") {
  const Documents source;
  for (const int64_t wanted : {1, 30, 90}) {
    CAPTURE(wanted);
    const PackedStep s = pack_step(source, 5, {.rows = 1000, .scored = wanted});
    const Example last = source.at(s.end_index - 1);
    CHECK(s.scored >= wanted);
    CHECK(s.scored - scored_tokens({&last, 1}) < wanted);
  }
}

TEST_CASE("over many steps no example is lost, none comes twice, and their order is kept") {
  const Documents source;
  for (const int64_t batch_rows : {int64_t{0}, int64_t{40}, int64_t{64}}) {
    uint64_t index = 0;
    std::vector<int32_t> rows;
    for (int step = 0; step < 100; ++step) {
      const PackedStep s = pack_step(source, index, {.rows = 200, .batch_rows = batch_rows});
      CHECK(s.rows <= 200);
      CHECK(s.rows + source.at(s.end_index).rows() > 200);  // the next would not have fitted
      CHECK(s.end_index == index + static_cast<uint64_t>(s.examples));
      int64_t counted = 0;
      for (const PackedBatch& b : s.batches) {
        CHECK(b.rows() <= (batch_rows > 0 ? batch_rows : 200));
        CHECK(b.rows() > 0);
        rows.insert(rows.end(), b.tokens.begin(), b.tokens.end());
        counted += b.rows();
      }
      CHECK(counted == s.rows);
      index = s.end_index;
    }
    std::vector<int32_t> expected;
    for (uint64_t i = 0; i < index; ++i) {
      const Example e = source.at(i);
      expected.insert(expected.end(), e.tokens.begin(), e.tokens.end() - 1);
    }
    CHECK(rows == expected);
  }
}

TEST_CASE("segments tile the rows, and positions count from 0 in each") {
  const PackedStep s = pack_step(Documents(), 7, {.rows = 500, .batch_rows = 100});
  CHECK(s.batches.size() >= 5);
  for (const PackedBatch& b : s.batches) {
    int64_t at = 0;
    for (const PackedSegment& segment : b.segments) {
      CHECK(segment.first_row == at);
      for (int64_t i = 0; i < segment.rows; ++i, ++at) {
        CHECK(b.positions[static_cast<size_t>(at)] == i);
        CHECK(b.next[static_cast<size_t>(at)] == b.tokens[static_cast<size_t>(at)] + 1);
      }
    }
    CHECK(at == b.rows());
  }
}

TEST_CASE("the weights of a step sum to one, however it is cut into batches") {
  for (const int64_t batch_rows : {0, 20, 50, 100}) {
    const PackedStep s = pack_step(Documents(), 3, {.rows = 500, .batch_rows = batch_rows});
    double sum = 0;
    int64_t scored = 0;
    for (const PackedBatch& b : s.batches) {
      for (const float w : b.weight) {
        sum += w;
        scored += w != 0 ? 1 : 0;
        CHECK((w == 0 || w == static_cast<float>(1.0 / static_cast<double>(s.scored))));
      }
    }
    CHECK(scored == s.scored);
    CHECK(sum == doctest::Approx(1).epsilon(1e-5));
  }
  const PackedStep constant = pack_step(Documents(), 3, {.rows = 500, .denominator = 1000});
  CHECK(*std::max_element(constant.batches[0].weight.begin(), constant.batches[0].weight.end()) == 0.001f);
}

TEST_CASE("a run that goes on at a saved position sees what it would have seen") {
  const Documents source;
  std::vector<PackedStep> uninterrupted;
  uint64_t index = 0;
  for (int step = 0; step < 20; ++step) {
    uninterrupted.push_back(pack_step(source, index, {.rows = 128}));
    index = uninterrupted.back().end_index;
  }
  for (const size_t interrupted : {size_t{1}, size_t{7}, size_t{19}}) {
    uint64_t position = uninterrupted[interrupted - 1].end_index;
    for (size_t step = interrupted; step < 20; ++step) {
      const PackedStep s = pack_step(Documents(), position, {.rows = 128});
      CHECK(s.batches[0].tokens == uninterrupted[step].batches[0].tokens);
      CHECK(s.batches[0].weight == uninterrupted[step].batches[0].weight);
      position = s.end_index;
    }
  }
}

TEST_CASE("at the end of a source steps get short, then empty, and hold all of it") {
  const Documents source(25);
  int64_t examples = 0;
  uint64_t index = 0;
  while (true) {
    const PackedStep s = pack_step(source, index, {.rows = 64});
    if (s.examples == 0) break;
    examples += s.examples;
    index = s.end_index;
  }
  CHECK(examples == 25);
  CHECK(index == 25);
  CHECK(pack_step(source, 25, {.rows = 64}).batches.empty());
}

TEST_CASE("an example that fits nowhere, or foretells nothing, is refused") {
  CHECK_THROWS_WITH_AS(pack_step(Documents(), 0, {.rows = 1}), doctest::Contains("a step takes 1"), Error);
  CHECK_THROWS_WITH_AS(pack_step(Documents(), 0, {.rows = 100, .batch_rows = 1}), doctest::Contains("a batch 1"),
                       Error);
  CHECK_THROWS_WITH_AS(pack(std::vector<Example>{document({5}, {0})}, 1), doctest::Contains("1 tokens"), Error);
  CHECK_THROWS_AS(pack(std::vector<Example>{document({}, {})}, 1), Error);
}

TEST_CASE("a step without a single target has no weight at all") {
  class Unscored final : public Source {
   public:
    Example at(uint64_t) const override { return {.tokens = {1, 2, 3}, .scored = {0, 0, 0}}; }
  };
  const PackedStep s = pack_step(Unscored(), 0, {.rows = 10});
  CHECK(s.scored == 0);
  CHECK(s.batches[0].weight == std::vector<float>(10, 0.0f));
}
