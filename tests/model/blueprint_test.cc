#include "millet/model/blueprint.h"

#include "millet/data/packing.h"
#include "millet/model/init.h"
#include "millet/model/presets.h"
#include "millet/train/objective.h"
#include "tests/ops/backends.h"
#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("the largest model has a blueprint: its shapes are known and nothing is allocated") {
  const model::Blueprint v3(model::find_preset("deepseek-v3")->config);
  CHECK(v3.parameters().elements() > 680'000'000'000);
  CHECK(v3.parameters().bytes() == 0);
  CHECK(v3.largest_parameter() == int64_t{256} * 2 * 2048 * 7168);
  CHECK(v3.decoder().training_bytes(4096, true) > int64_t{100} << 30);
}

// Sequences of these lengths, all of whose tokens are scored.
static data::PackedBatch batch_of(const std::vector<int64_t>& lengths, int64_t vocabulary) {
  Rng rng(1, "blueprint test");
  std::vector<data::Example> examples;
  for (const int64_t rows : lengths) {
    data::Example& e = examples.emplace_back();
    for (int64_t i = 0; i <= rows; ++i) e.tokens.push_back(static_cast<int32_t>(rng.below(vocabulary)));
    e.scored.assign(e.tokens.size(), 1);
    e.scored[0] = 0;
  }
  return data::pack(examples, static_cast<double>(data::scored_tokens(examples)));
}

static model::ModelConfig mini() {
  model::ModelConfig c = model::find_preset("v3-mini")->config;
  c.max_position_embeddings = 4096;
  c.vocab_size = 60;
  return c;
}
static model::ModelConfig tied_without_shared_experts() {
  model::ModelConfig c = mini();
  c.tie_word_embeddings = true;
  c.n_shared_experts = 0;
  c.q_lora_rank = 48;
  return c;
}
static model::ModelConfig large_vocabulary() {
  model::ModelConfig c = small_config(5000);
  c.num_nextn_predict_layers = 0;
  return c;
}

// A blueprint of the same config says what forward and backward of the real model take.
TEST_CASE("a pass takes what its blueprint says, to a hundredth, and the workspace no more than it says") {
  for (const model::ModelConfig& config :
       {mini(), tied_without_shared_experts(), large_vocabulary(), small_config(40)}) {
    for (const int threads : {1, 2}) {
      for (const std::vector<int64_t>& lengths : {std::vector<int64_t>{200, 31, 77}, {1}, {129}}) {
        CAPTURE(config.vocab_size);
        CAPTURE(lengths.size());
        Rig rig("cpu", threads);
        Context& ctx = rig.ctx();
        nn::Parameters parameters(ctx.device(), nn::Parameters::Mode::training);
        model::Decoder model(config, parameters);
        model::initialise(parameters, 1, {.layers = config.num_hidden_layers});
        const model::Blueprint blueprint(config);
        const data::PackedBatch batch = batch_of(lengths, config.vocab_size);
        const int64_t rows = batch.rows();
        const bool mtp = config.num_nextn_predict_layers > 0;
        const nn::Cost cost = blueprint.decoder().cost(rows, rows, mtp);

        ctx.workspace().reserve(int64_t{1} << 28);  // one block: its peak is exact
        train::Objective objective({}, model);
        objective.forward_backward(ctx, batch, 1);
        const Arena& keep = objective.pass().keep;
        const int64_t bound = blueprint.decoder().training_bytes(rows, mtp);
        CHECK(keep.reserved_bytes() == bound);
        CHECK(keep.peak_bytes() <= bound);
        CHECK(keep.peak_bytes() >= bound * 99 / 100);
        const int64_t loss = nn::arena_bytes(rows, rows, rows);
        const int64_t scratch = std::max(cost.scratch_bytes + threads * cost.thread_bytes, loss) + 256;
        CHECK(ctx.workspace().peak_bytes() <= scratch);
        CHECK(ctx.workspace().peak_bytes() >= scratch / 3);
      }
    }
  }
}

TEST_CASE("a forward without backward takes what its blueprint says") {
  for (const model::ModelConfig& config : {mini(), tied_without_shared_experts(), large_vocabulary()}) {
    Rig rig("cpu", 2);
    nn::Parameters parameters(rig.ctx().device(), nn::Parameters::Mode::inference);
    model::Decoder model(config, parameters);
    model::initialise(parameters, 1, {.layers = config.num_hidden_layers});
    const data::PackedBatch batch = batch_of({200, 20}, config.vocab_size);
    train::Objective objective({}, model);
    objective.evaluate(rig.ctx(), batch);
    const Arena& keep = objective.pass().keep;
    const int64_t bound = model::Blueprint(config).decoder().inference_bytes(220, 220);
    CHECK(keep.reserved_bytes() == bound);
    CHECK(keep.peak_bytes() <= bound);
    CHECK(keep.peak_bytes() >= bound * 97 / 100);
  }
}
