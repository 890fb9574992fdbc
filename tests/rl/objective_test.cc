#include "millet/rl/objective.h"

#include <cmath>

#include "millet/rl/rollout.h"
#include "millet/tasks/list.h"
#include "millet/text/thinking.h"
#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;

namespace {

// Rollouts of a small model with advantages, as they come from older weights and beside a reference.
struct Step : SmallJob {
  rl::RlConfig config;
  Context ctx{*device, 1};
  std::vector<report::Rollout> rollouts;
  std::vector<std::vector<float>> reference;
  std::vector<rl::Item> items;

  Step() {
    config.min = config.max = 2;
    config.prompts = 2;
    config.group = 2;
    config.max_new_tokens = 6;
    const text::ThinkingFormat form(tokenizer);
    infer::Engine engine(model, {.max_rows = 8, .cache_pages = 8});
    rollouts = rl::RolloutMaker(config, 5, engine, form, tasks::find("chain")).make(ctx, 0).rollouts;
    for (size_t i = 0; i < rollouts.size(); ++i) {
      reference.push_back(rollouts[i].log_probs);
      for (size_t t = 0; t < rollouts[i].ids.size(); ++t) {
        rollouts[i].log_probs[t] += 0.03F * static_cast<float>((i + 2 * t) % 3) - 0.03F;
        reference[i][t] += 0.3F * static_cast<float>((i + t) % 4) - 0.4F;
      }
    }
    rl::freeze_mtp(parameters, model.config());
  }

  double loss_and_gradient() {
    items.clear();
    for (size_t i = 0; i < rollouts.size(); ++i) {
      items.push_back({.rollout = &rollouts[i],
                       .advantage = i % 2 == 0 ? 1.0 : -0.7,
                       .token_weight = 0.25 / static_cast<double>(rollouts[i].ids.size()),
                       .reference_log_probs = config.grpo.kl_in_loss() ? &reference[i] : nullptr});
    }
    parameters.zero_grad();
    return rl::Objective(config, model).forward_backward(ctx, items).loss;
  }
};

}  // namespace

TEST_CASE("the gradient of every weight together is the finite difference of the loss along it") {
  for (const char* ratio : {"token", "sequence"}) {
    for (const char* estimator : {"", "k1", "k2", "k3"}) {
      CAPTURE(ratio);
      CAPTURE(estimator);
      Step step;
      step.config.grpo.ratio = ratio;
      if (*estimator != 0) {
        step.config.grpo.kl_beta = 0.5;
        step.config.grpo.kl_estimator = estimator;
      }
      step.loss_and_gradient();
      std::vector<std::vector<float>> values, gradients;
      double square = 0;
      for (nn::Parameter& p : step.parameters) {
        if (!p.trainable) continue;
        values.push_back(to_host<float>(*step.device, p.value));
        gradients.push_back(to_host<float>(*step.device, p.grad));
        for (const float g : gradients.back()) square += static_cast<double>(g) * static_cast<double>(g);
      }
      const double length = std::sqrt(square);
      REQUIRE(length > 1e-3);
      const double h = 2e-3;
      auto loss_at = [&](double move) {
        size_t i = 0;
        for (nn::Parameter& p : step.parameters) {
          if (!p.trainable) continue;
          std::vector<float> moved = values[i];
          for (size_t j = 0; j < moved.size(); ++j) moved[j] += static_cast<float>(move / length) * gradients[i][j];
          from_host(*step.device, moved, p.value);
          p.touch();
          ++i;
        }
        return step.loss_and_gradient();
      };
      CHECK((loss_at(h) - loss_at(-h)) / (2 * h) == doctest::Approx(length).epsilon(0.01));
    }
  }
}

TEST_CASE("micro-batches only add: the gradient is the same however the rollouts are divided") {
  Step step;
  step.config.grpo.ratio = "sequence";
  auto gradient = [&](int64_t tokens) {
    step.config.micro_batch_tokens = tokens;
    step.loss_and_gradient();
    std::vector<float> all;
    for (const nn::Parameter& p : step.parameters) {
      if (!p.trainable) continue;
      const auto g = to_host<float>(*step.device, p.grad);
      all.insert(all.end(), g.begin(), g.end());
    }
    return all;
  };
  const auto whole = gradient(4096), single = gradient(1);
  double largest = 0, difference = 0;
  for (size_t i = 0; i < whole.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(whole[i])));
    difference = std::max(difference, std::abs(static_cast<double>(whole[i]) - static_cast<double>(single[i])));
  }
  CHECK(difference <= 1e-6 * largest);
}
