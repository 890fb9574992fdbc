// What pre-training minimises: next-token cross entropy, the second prediction's, and the sequence-wise balance loss.
#pragma once

#include "millet/core/fields.h"
#include "millet/model/decoder.h"
#include "millet/train/micro_batch.h"

namespace millet::train {

struct ObjectiveConfig {
  double mtp_weight = 0.3;
  double balance_alpha = 1e-4;

  void fields(Fields& f);
};

struct Losses {
  double main = 0;     // Σ weight · −log p of the next token
  double mtp = 0;      // the same of the token after it, before mtp_weight
  double balance = 0;  // mean over MoE layers and segments, before balance_alpha; even is 1
  int64_t scored = 0;  // tokens

  Losses& operator+=(const Losses& other);
};

class Objective {
 public:
  Objective(const ObjectiveConfig& config, model::Decoder& model);

  // Forward and backward of one micro-batch; gradients are added. `step_segments`: of the whole step, all
  // micro-batches: the balance loss is its mean over them.                                       DeepSeek-V3 eq. 17–25
  //   L = Σ_i w_i CE(t_{i+1}) + λ Σ_i w_{i+1} CE(t_{i+2}) + α · mean over segments of Σ_layers Σ_e f_e P_e
  Losses forward_backward(Context&, const data::PackedBatch& micro_batch, int64_t step_segments);

  // The main loss alone, without gradients.
  Losses evaluate(Context&, const data::PackedBatch& batch);

  // Rows whose logits may be held at once: memory of the head at large vocabularies.
  const model::Decoder::Pass& pass() const { return pass_; }

 private:
  // Σ −weight · log p over rows, and its gradient in place of the logits (unless only the value is wanted).
  double cross_entropy(Context&, Tensor logits, ConstTensor target, const std::vector<float>& weight, bool gradient);

  ObjectiveConfig config_;
  model::Decoder& model_;
  model::Decoder::Pass pass_;
  Arena inputs_;
};

}  // namespace millet::train
