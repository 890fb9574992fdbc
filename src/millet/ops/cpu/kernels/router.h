// Choosing experts, row by row.
#pragma once

#include "millet/ops/cpu/kernels/rows.h"

namespace millet::ops::cpu {

struct RouterBlock {
  ConstRows logits;
  const float* bias;  // [experts], may be null
  Rows scores;
  int32_t* expert;  // [rows, k], rows expert_stride apart
  int64_t expert_stride;
  Rows gate;
  int64_t rows, experts, k;
  int64_t n_group, topk_group;
  bool softmax;   // or sigmoid
  bool two_best;  // judge a group by its two best, or by its best
  bool normalise;
  float factor;
  float* biased;        // scratch [experts]
  float* group_score;   // scratch [n_group]
  int32_t* best_group;  // scratch [topk_group]
};

struct RouterBackwardBlock {
  ConstRows dgate, dscores;  // dscores.at may be null
  ConstRows scores;
  const int32_t* expert;
  int64_t expert_stride;
  Rows dlogits;
  int64_t rows, experts, k;
  bool softmax;
  bool normalise;
  float factor;
};

struct BalanceBlock {  // one segment
  ConstRows scores;
  const int32_t* expert;
  int64_t expert_stride;
  Rows dscores;  // .at may be null
  int64_t rows, experts, k;
  float coefficient;
  float* frequency;  // scratch [experts]: f
  float* share;      // scratch [experts]: Σ of normalised scores
};

struct RouterKernels {
  void (*router)(const RouterBlock&);
  void (*router_backward)(const RouterBackwardBlock&);
  float (*sequence_balance)(const BalanceBlock&);  // the loss
};

}  // namespace millet::ops::cpu
