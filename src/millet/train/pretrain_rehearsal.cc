#include "millet/train/pretrain_rehearsal.h"

#include "millet/model/init.h"
#include "millet/train/pretrain_work.h"
#include "millet/train/validation.h"

namespace millet::train {

PretrainRehearsal::PretrainRehearsal(Context& ctx, const PretrainConfig& config, const model::ModelConfig& model,
                                     const data::Source& training)
    : ctx_(ctx),
      config_(config),
      training_(training),
      parameters_(ctx.device(), nn::Parameters::Mode::training),
      model_(model, parameters_),
      optimizer_(config.optimizer, parameters_),
      objective_(config.objective, model_) {
  ctx.workspace().reserve(pretrain_scratch_bytes(config, model_, ctx.threads()));
  model::initialise(parameters_, 0, {.layers = model.num_hidden_layers, .distinct = 10007});
}

void PretrainRehearsal::step() {
  const PretrainStep done =
      pretrain_step(ctx_, config_, model_, objective_, optimizer_, training_, step_ % config_.steps, example_);
  ++step_;
  example_ = done.end_example;
}

void PretrainRehearsal::validate(const data::Source& source) {
  const data::PackedStep packed = validation_batch(config_, source, 0, 0);
  for (const data::PackedBatch& batch : packed.batches) objective_.evaluate(ctx_, batch);
}

}  // namespace millet::train
