#include "millet/eval/perplexity.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "millet/core/error.h"
#include "millet/infer/generate.h"
#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;

namespace {

// A model of the bytes, at random.
struct Fixture {
  std::unique_ptr<Device> device = ops::make_device("cpu");
  text::Tokenizer tokenizer;
  nn::Parameters parameters{*device, nn::Parameters::Mode::training};
  model::Decoder model;
  Context ctx{*device, 1};

  explicit Fixture(bool marks = true)
      : tokenizer(text::Tokenizer::bytes({}, marks)), model(small_config(tokenizer.vocab_size()), parameters) {
    model::initialise(parameters, 3, {.layers = 2});
  }

  // −log p of ids[i + 1] behind ids[begin … i].
  double nats(std::span<const int32_t> ids, size_t begin, size_t i) {
    train::Objective objective({}, model);
    data::PackedBatch batch;
    for (size_t k = begin; k <= i; ++k) {
      batch.tokens.push_back(ids[k]);
      batch.positions.push_back(static_cast<int32_t>(k - begin));
      batch.next.push_back(ids[k + 1]);
      batch.weight.push_back(k == i ? 1.0F : 0.0F);
    }
    batch.segments = {{.first_row = 0, .rows = static_cast<int64_t>(i - begin + 1)}};
    return objective.evaluate(ctx, batch).main;
  }
};

}  // namespace

TEST_CASE("windows with a stride score each token once, by what its window shows before it") {
  Fixture f;
  const std::string text = "A text of some forty bytes, or a few more.";
  std::vector<int32_t> ids = f.tokenizer.encode(text);
  ids.insert(ids.begin(), *f.tokenizer.bos());
  for (const auto& [context, stride] : {std::pair<int64_t, int64_t>{64, 64}, {16, 16}, {16, 8}, {16, 1}, {10, 3}}) {
    CAPTURE(context);
    CAPTURE(stride);
    double want = 0;
    size_t begin = 0;
    for (size_t row = 0; row + 1 < ids.size(); ++row) {
      while (row >= begin + static_cast<size_t>(context)) begin += static_cast<size_t>(stride);
      want += f.nats(ids, begin, row);
    }
    eval::PerplexityMeter meter(f.ctx, f.model, f.tokenizer, {.context = context, .stride = stride});
    meter.add(text);
    const eval::Perplexity& found = meter.result();
    CHECK(found.nats == doctest::Approx(want).epsilon(1e-6));
    CHECK(found.tokens == static_cast<int64_t>(text.size()));
    CHECK(found.bytes == static_cast<int64_t>(text.size()));
    CHECK(found.words == 10);
    CHECK(found.unscored == 0);
    CHECK(found.bits_per_byte() == doctest::Approx(std::log2(found.per_token())));
    CHECK(std::log(found.per_word()) == doctest::Approx(want / 10));
  }
}

TEST_CASE("documents are scored by themselves, and without a token to begin with their first is left out") {
  Fixture f(false);
  eval::PerplexityMeter both(f.ctx, f.model, f.tokenizer, {.context = 16, .stride = 8});
  both.add("one document");
  both.add("another one");
  both.add("");
  eval::PerplexityMeter alone(f.ctx, f.model, f.tokenizer, {.context = 16, .stride = 8});
  alone.add("another one");
  eval::PerplexityMeter first(f.ctx, f.model, f.tokenizer, {.context = 16, .stride = 8});
  first.add("one document");
  CHECK(both.result().nats == doctest::Approx(alone.result().nats + first.result().nats));
  CHECK(both.result().documents == 2);
  CHECK(both.result().unscored == 2);
  CHECK(both.result().tokens == 11 + 10);
  CHECK(both.result().bytes == 11 + 10);
}

TEST_CASE("a text that does not separate words has no perplexity of words") {
  Fixture f;
  eval::PerplexityMeter meter(f.ctx, f.model, f.tokenizer, {.context = 16, .stride = 16});
  meter.add("\u5e8a\u524d\u660e\u6708\u5149\u7591\u662f\u5730\u4e0a\u971c");
  CHECK(std::isnan(meter.result().per_word()));
  CHECK(meter.result().to_json().at("word_perplexity").is_null());
  CHECK(meter.result().to_json().at("bytes").as_int() == 30);
}

TEST_CASE("windows that the model has no positions for, and strides that would leave gaps, are refused") {
  Fixture f;
  const auto make = [&](int64_t context, int64_t stride) {
    eval::PerplexityMeter(f.ctx, f.model, f.tokenizer, {.context = context, .stride = stride});
  };
  CHECK_THROWS_WITH_AS(make(257, 1), doctest::Contains("--context is 257: the model has 256 positions"), Error);
  CHECK_THROWS_WITH_AS(make(16, 17), doctest::Contains("--stride is 17"), Error);
  CHECK_THROWS_WITH_AS(make(16, 0), doctest::Contains("--stride is 0"), Error);
}
