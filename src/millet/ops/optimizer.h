// Arithmetic of the optimizers. The specification is ops/reference/optimizer.cc.
#pragma once

#include "millet/core/context.h"
#include "millet/core/tensor.h"

namespace millet::ops {

struct AdamWOptions {
  double lr = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.95;
  double eps = 1e-8;
  double weight_decay = 0;
  double grad_scale = 1;  // clipping: the gradient is multiplied by it on the way
  int64_t step = 1;       // counts from 1, for the bias correction
};

// Loshchilov & Hutter 2019, decoupled decay:  w ← w − lr·wd·w;  m, v moving averages of g, g²;
// w ← w − lr · (m / (1 − β1^step)) / (sqrt(v / (1 − β2^step)) + eps).   All tensors dense, of one shape.
void adamw(Context&, Tensor weight, ConstTensor grad, Tensor m, Tensor v, AdamWOptions);

struct MuonOptions {
  double lr = 1e-3;
  double momentum = 0.95;
  bool nesterov = true;
  int64_t newton_schulz_steps = 5;
  double weight_decay = 0;
  double grad_scale = 1;
};

// Jordan et al. 2024 with Moonlight's scale (Liu et al. 2025, eq. 4): momentum ← μ·momentum + g; u = g + μ·momentum
// (nesterov) or momentum; each matrix of u is orthogonalised by Newton–Schulz with (3.4445, −4.7750, 2.0315) on
// u / (‖u‖_F + 1e-7), the smaller side first; w ← w − lr·wd·w − lr · 0.2·sqrt(max(rows, columns)) · u.
//   weight, grad, momentum [N, K] or [B, N, K]: a stack, each matrix by itself
void muon(Context&, Tensor weight, ConstTensor grad, Tensor momentum, MuonOptions);

}  // namespace millet::ops
