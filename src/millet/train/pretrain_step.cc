#include "millet/train/pretrain_step.h"

#include <algorithm>

#include "millet/core/error.h"
#include "millet/data/packing.h"
#include "millet/train/flops.h"

namespace millet::train {

PretrainStep pretrain_step(Context& ctx, const PretrainConfig& config, model::Decoder& model, Objective& objective,
                           Optimizer& optimizer, const data::Source& source, int64_t step, uint64_t example) {
  model.parameters().zero_grad();
  const data::PackedStep packed =
      data::pack_step(source, example, {.rows = config.step_tokens, .batch_rows = config.micro_batch_tokens});
  require(packed.examples > 0, "training: the source has come to its end at step {}", step);
  PretrainStep done{.rows = packed.rows, .end_example = packed.end_index};

  int64_t segments = 0;
  for (const data::PackedBatch& b : packed.batches) segments += static_cast<int64_t>(b.segments.size());
  const bool mtp = trains_mtp(config, model);
  for (const data::PackedBatch& b : packed.batches) {
    done.losses += objective.forward_backward(ctx, b, segments);
    done.flops += 3 * forward_flops(model, b.segments, mtp);
  }

  done.lr = learning_rate(config.lr, step, config.steps);
  done.outcome = optimizer.step(ctx, done.lr);
  const std::vector<nn::Router*> routers = model.routers();
  done.loads = take_expert_load(ctx, routers);
  update_bias(ctx, routers, done.loads, config.bias_update_speed);
  return done;
}

int64_t micro_batch_rows(const PretrainConfig& config) {
  return config.micro_batch_tokens > 0 ? std::min(config.micro_batch_tokens, config.step_tokens) : config.step_tokens;
}

bool trains_mtp(const PretrainConfig& config, const model::Decoder& model) {
  return model.has_mtp() && config.objective.mtp_weight > 0;
}

}  // namespace millet::train
