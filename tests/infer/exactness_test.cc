// What the engine saw when it sampled is, bit for bit, what training computes: the promise that GRPO's ratio rests on.
#include "tests/infer/exactness.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include "millet/infer/engine.h"
#include "millet/ops/backend.h"
#include "millet/ops/router.h"
#include "tests/infer/tiny_model.h"

using namespace millet;
using namespace millet::infer;

namespace {

void move_final_norm_by_one_ulp(TinyModel& m) {
  nn::Parameter& weight = m.parameters.at("model.norm.weight");
  std::vector<float> values = to_host<float>(*m.device, weight.value);
  values[5] = std::nextafter(values[5], 2.0F);
  from_host(*m.device, values, weight.value);
  weight.touch();
}

// Notes what each call of the router saw and chose: one string of bytes a row, each call a layer of its own.
decltype(&ops::router) true_router = nullptr;
std::multiset<std::string>* routes_seen = nullptr;

void noting_router(Context& ctx, ConstTensor logits, ConstTensor bias, Tensor scores, Tensor expert, Tensor gate,
                   ops::RouterOptions options) {
  true_router(ctx, logits, bias, scores, expert, gate, options);
  const std::vector<float> l = to_host<float>(ctx.device(), logits), g = to_host<float>(ctx.device(), gate);
  const std::vector<int32_t> e = to_host<int32_t>(ctx.device(), expert);
  const auto E = static_cast<size_t>(logits.size(1)), k = static_cast<size_t>(expert.size(1));
  for (size_t t = 0; t < static_cast<size_t>(logits.size(0)); ++t) {
    std::string row(reinterpret_cast<const char*>(&l[t * E]), E * sizeof(float));
    row.append(reinterpret_cast<const char*>(&e[t * k]), k * sizeof(int32_t));
    row.append(reinterpret_cast<const char*>(&g[t * k]), k * sizeof(float));
    routes_seen->insert(std::move(row));
  }
}

}  // namespace

TEST_CASE("sampled log-probabilities are bit for bit those of the training forward") {
  for (const std::string& device : ops::devices_present()) {
    for (const double temperature : {1.0, 0.7}) check_exactness(device, temperature, small_workload(temperature));
  }
}

TEST_CASE("they are so in batches of 1, 7 and 64 and across pages, at the best level of this processor") {
  check_exactness("cpu", 0.7, whole_workload(0.7));
}

TEST_CASE("one weight of the final norm moved by one ulp breaks the equality") {
  for (const std::string& name : ops::devices_present()) {
    CAPTURE(name);
    TinyModel m(name);
    Context ctx(*m.device, 2);
    Workload w = small_workload(1.0);
    for (Request& r : w.requests) {  // an ulp shows in one token of ten or so: draw many
      r.stop_ids = {};
      r.max_new_tokens = 20;
    }
    Engine engine(m.decoder, {.max_rows = 64, .cache_pages = 200});
    const auto completions = engine.generate(ctx, w.requests);
    const std::vector<Sequence> sequences = sequences_of(w.requests, completions);
    REQUIRE(same_bits(scored(ctx, m, sequences, 1.0, 3, false), log_probs_of(completions)));
    move_final_norm_by_one_ulp(m);
    const auto moved = scored(ctx, m, sequences, 1.0, 3, false);
    CHECK_FALSE(same_bits(moved, log_probs_of(completions)));
    // The engine reads the moved weight, too: it lays out no copy that could grow old.
    const auto again = engine.generate(ctx, w.requests);
    CHECK(same_bits(scored(ctx, m, sequences_of(w.requests, again), 1.0, 3, false), log_probs_of(again)));
  }
}

TEST_CASE("every token goes to the same experts with the same gates as in training") {
  for (const std::string& name : ops::devices_present()) {
    CAPTURE(name);
    TinyModel m(name);
    Context ctx(*m.device, 2);
    // The table belongs to the device that this test made.
    auto& table = const_cast<ops::Backend&>(ops::backend(ctx));
    true_router = table.router;
    table.router = noting_router;
    std::multiset<std::string> in_engine, in_training;
    Workload w = small_workload(1.0);
    for (Request& r : w.requests) {
      r.samples = 1;  // rows of a shared prompt run once in the engine and once a sample in training
      r.stop_ids = {};
    }
    Engine engine(m.decoder, {.max_rows = 7, .cache_pages = 200});
    routes_seen = &in_engine;
    const auto completions = engine.generate(ctx, w.requests);
    routes_seen = &in_training;
    std::vector<Sequence> sequences = sequences_of(w.requests, completions);
    for (Sequence& s : sequences) s.response.pop_back();  // the last token drawn never runs in the engine
    training_log_probs(ctx, m.decoder, sequences, 1.0);
    table.router = true_router;
    CHECK(in_training.size() == static_cast<size_t>(engine.facts().rows));
    CHECK(in_engine == in_training);
  }
}

TEST_CASE("preemption, groups and order of arrival do not change a bit") {
  for (const std::string& name : ops::devices_present()) {
    CAPTURE(name);
    TinyModel m(name);
    Context ctx(*m.device, 2);
    Workload w = small_workload(0.7);
    Engine roomy(m.decoder, {.max_rows = 64, .cache_pages = 200});
    const auto want = roomy.generate(ctx, w.requests);
    CHECK(roomy.facts().put_back == 0);

    Engine short_of_pages(m.decoder, {.max_rows = 64, .cache_pages = 3});
    const auto put_back = short_of_pages.generate(ctx, w.requests);
    CHECK(short_of_pages.facts().recomputed_rows > 0);
    CHECK(short_of_pages.facts().pages_in_use == 0);
    CHECK(sequences_of(w.requests, put_back).size() == sequences_of(w.requests, want).size());
    CHECK(same_bits(log_probs_of(put_back), log_probs_of(want)));

    // Each sample as a request of its own, last first.
    std::vector<Request> single;
    for (const Request& r : w.requests) {
      for (int64_t s = 0; s < r.samples; ++s) {
        Request one = r;
        one.samples = 1;
        one.sample_id = r.sample_id + static_cast<uint64_t>(s);
        single.push_back(one);
      }
    }
    std::reverse(single.begin(), single.end());
    Engine alone(m.decoder, {.max_rows = 64, .cache_pages = 200});
    auto completions = alone.generate(ctx, single);
    std::reverse(completions.begin(), completions.end());
    CHECK(same_bits(log_probs_of(completions), log_probs_of(want)));
    CHECK(alone.facts().rows > roomy.facts().rows);
  }
}
