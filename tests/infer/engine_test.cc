#include "millet/infer/engine.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"
#include "tests/infer/tiny_model.h"

using namespace millet;
using namespace millet::infer;

namespace {

std::vector<int32_t> ids_of(const std::vector<std::vector<Completion>>& completions, size_t request = 0) {
  return completions.at(request).at(0).ids;
}

}  // namespace

TEST_CASE("greedy decoding takes the token that training finds likeliest") {
  TinyModel m("cpu");
  Context ctx(*m.device, 1);
  Engine engine(m.decoder, {.max_rows = 16, .cache_pages = 8});
  const Request r = random_request(10, 1, 0, 0.0, 12);
  const auto completions = engine.generate(ctx, {r});
  const std::vector<int32_t> ids = ids_of(completions);
  for (size_t i = 0; i < ids.size(); ++i) {
    std::vector<double> all;
    for (int32_t token = 0; token < 24; ++token) {
      Sequence s{r.prompt, {ids.begin(), ids.begin() + static_cast<int64_t>(i)}};
      s.response.push_back(token);
      all.push_back(training_log_probs(ctx, m.decoder, {s}, 1.0)[0].back());
    }
    CHECK(std::max_element(all.begin(), all.end()) - all.begin() == ids[i]);
    CHECK(static_cast<double>(completions[0][0].log_probs[i]) == all[static_cast<size_t>(ids[i])]);  // at T = 1
  }
}

TEST_CASE("requests of different temperatures in one batch get what they get alone") {
  TinyModel m("cpu");
  Context ctx(*m.device, 2);
  std::vector<Request> requests;
  for (uint64_t i = 0; i < 9; ++i) {
    requests.push_back(random_request(5 + static_cast<int64_t>(i), 2, 10 * i, std::array{1.0, 0.7, 0.0}[i % 3], 20));
  }
  Engine together(m.decoder, {.max_rows = 64, .cache_pages = 64});
  const auto all = together.generate(ctx, requests);
  for (size_t i = 0; i < requests.size(); ++i) {
    Engine alone(m.decoder, {.max_rows = 64, .cache_pages = 64});
    const auto one = alone.generate(ctx, {requests[i]});
    for (size_t s = 0; s < 2; ++s) {
      CHECK(one[0][s].ids == all[i][s].ids);
      CHECK(one[0][s].log_probs == all[i][s].log_probs);
    }
  }
}

TEST_CASE("a sample's tokens follow from seed, step and sample id") {
  TinyModel m("cpu");
  Context ctx(*m.device, 1);
  Engine engine(m.decoder, {.max_rows = 16, .cache_pages = 16});
  Request r = random_request(5, 1, 0, 1.0, 30);
  r.stop_ids = {};
  const std::vector<int32_t> ids = ids_of(engine.generate(ctx, {r}));
  CHECK(ids_of(engine.generate(ctx, {r})) == ids);
  Request other_seed = r, other_step = r, other_sample = r;
  other_seed.sampling.seed = 8;
  other_step.sampling.step = 1;
  other_sample.sample_id = 1;
  for (const Request& o : {other_seed, other_step, other_sample}) CHECK(ids_of(engine.generate(ctx, {o})) != ids);
}

TEST_CASE("when a weight moves, unfinished sequences are read again with the new weights") {
  TinyModel m("cpu");
  Context ctx(*m.device, 1);
  Request r = random_request(70, 1, 0, 0.0, 20);
  r.stop_ids = {};
  Engine engine(m.decoder, {.max_rows = 128, .cache_pages = 8});
  const int64_t number = engine.submit(r);
  for (int i = 0; i < 5; ++i) engine.step(ctx);
  nn::Parameter& weight = m.parameters.at("model.layers.0.self_attn.kv_b_proj.weight");
  std::vector<float> values = to_host<float>(*m.device, weight.value);
  for (float& v : values) v = -v;
  from_host(*m.device, values, weight.value);
  weight.touch();
  engine.run(ctx);
  const Completion c = engine.take(number)[0];
  CHECK(c.recomputed_rows > 0);

  // What was drawn before stays; what comes after is the new weights' answer to it.
  Request rest = r;
  rest.prompt.insert(rest.prompt.end(), c.ids.begin(), c.ids.begin() + 5);
  rest.max_new_tokens = 15;
  const std::vector<int32_t> want = ids_of(Engine(m.decoder, {}).generate(ctx, {rest}));
  CHECK(std::vector<int32_t>(c.ids.begin() + 5, c.ids.end()) == want);
}

TEST_CASE("facts count what ran") {
  TinyModel m("cpu");
  Context ctx(*m.device, 1);
  Engine engine(m.decoder, {.max_rows = 64, .cache_pages = 16});
  Request r = random_request(70, 4, 0, 1.0, 3);
  r.stop_ids = {};
  engine.generate(ctx, {r});
  const EngineFacts f = engine.facts();
  CHECK(f.steps == 4);  // 64 rows of the prompt, the other 6, twice one row a sample
  CHECK(f.rows == 70 + 4 * 2);
  CHECK(f.drawn == 4 * 3);
  CHECK(f.keys == 70 * 71 / 2 + 4 * (71 + 72));
  CHECK(f.pages_in_use == 0);
  CHECK(f.most_pages_in_use == 2 + 3);
  // The logits of twelve rows were asked for, not those of all 78.
  const model::ModelConfig& c = m.decoder.config();
  const double heads = 2.0 * static_cast<double>(78 - 12) * static_cast<double>(c.vocab_size * c.hidden_size);
  const double one_key = m.decoder.cost(78, 1, false).flops, two_keys = m.decoder.cost(78, 3, false).flops;
  const double keys_a_row = static_cast<double>(f.keys) / 78;
  CHECK(f.flops == doctest::Approx(one_key + (two_keys - one_key) * (keys_a_row - 1) - heads).epsilon(1e-12));
  CHECK(f.tokens_a_second() > 0);
  CHECK(f.rows_a_step() == doctest::Approx(78.0 / 4));
}

TEST_CASE("what may follow a prompt ends with the model's positions or the cache, and is really drawn") {
  TinyModel m("cpu");
  Context ctx(*m.device, 1);
  Engine engine(m.decoder, {.max_rows = 64, .cache_pages = 1});
  CHECK(engine.max_positions() == 64);
  CHECK(engine.room_after(60) == 5);
  CHECK(engine.room_after(64) == 1);
  Request r = random_request(60, 1, 0, 1.0, 5);
  r.stop_ids = {};
  CHECK(engine.generate(ctx, {r})[0][0].ids.size() == 5);
  CHECK_THROWS_WITH_AS(engine.room_after(65), doctest::Contains("has 65 tokens"), Error);
}

TEST_CASE("an id beyond the vocabulary is refused, and nothing of its batch stays behind") {
  TinyModel m("cpu");
  Context ctx(*m.device, 1);
  Engine engine(m.decoder, {.max_rows = 8, .cache_pages = 4});
  Request good = random_request(3, 1, 0, 1.0, 2), bad = good;
  bad.prompt.push_back(24);
  CHECK_THROWS_WITH_AS(engine.generate(ctx, {good, bad}), doctest::Contains("id 24 in the prompt"), Error);
  CHECK(engine.idle());
  CHECK(engine.generate(ctx, {good}).size() == 1);
}
