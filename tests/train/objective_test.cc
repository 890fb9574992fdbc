#include "millet/train/objective.h"

#include "millet/data/packing.h"
#include "tests/nn/gradient.h"
#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;

// Gradients against transformers' are model/decoder_test's; here the balance loss and what is scored.

TEST_CASE("the whole objective's gradient agrees with finite differences: next token, the one after, balance") {
  const auto device = ops::make_device("reference");
  nn::Parameters parameters(*device, nn::Parameters::Mode::training, DType::f64);
  model::Decoder decoder(small_config(12), parameters);
  randomise(parameters, 2);
  Context ctx(*device, 1);
  train::Objective objective({.mtp_weight = 0.3, .balance_alpha = 0.05}, decoder);
  const std::vector<data::Example> examples{{.tokens = {1, 5, 3, 7, 2, 9}, .scored = {0, 0, 1, 1, 1, 1}},
                                            {.tokens = {4, 4, 8, 11}, .scored = {0, 1, 1, 1}}};
  const data::PackedBatch batch = data::pack(examples, 7);
  auto loss = [&] {
    nn::Parameters& p = parameters;
    std::vector<std::vector<double>> kept;
    for (nn::Parameter& q : p) kept.push_back(to_host<double>(*device, q.grad));
    const train::Losses l = objective.forward_backward(ctx, batch, 2);
    size_t i = 0;
    for (nn::Parameter& q : p) from_host(*device, kept[i++], q.grad);
    // balance is a mean over MoE layers here; the objective sums them: one in the model and one in the second
    // prediction, whose own value is not reported.
    return l.main + 0.3 * l.mtp + 0.05 * l.balance;
  };
  parameters.zero_grad();
  objective.forward_backward(ctx, batch, 2);
  // Weights that the second prediction's balance loss does not reach.
  for (const char* name : {"lm_head.weight", "model.layers.2.shared_head.norm.weight"}) {
    nn::Parameter& p = parameters.at(name);
    check_gradient(name, *device, p.value, to_host<double>(*device, p.grad), loss);
  }
}

TEST_CASE("evaluation is the same loss without gradients or loads") {
  SmallJob job;
  Context ctx(*job.device, 1);
  train::Objective objective({}, job.model);
  const std::vector<data::Example> examples{job.streams.train->at(0), job.streams.train->at(1)};
  const data::PackedBatch batch = data::pack(examples, static_cast<double>(data::scored_tokens(examples)));
  const train::Losses evaluated = objective.evaluate(ctx, batch);
  for (const nn::Parameter& p : job.parameters) {
    for (const float g : to_host<float>(*job.device, p.grad)) CHECK(g == 0);
  }
  for (const int32_t n : to_host<int32_t>(*job.device, job.model.routers()[0]->load())) CHECK(n == 0);
  CHECK(objective.forward_backward(ctx, batch, 2).main == evaluated.main);
  CHECK(evaluated.scored == data::scored_tokens(examples));
}
