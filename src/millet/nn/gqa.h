// Grouped-query attention: heads that share keys and values. Source: Ainslie et al. 2023; Llama 3, Qwen2 (biases) and
// Qwen3 (norms of each head's queries and keys). Hugging Face names under <name> = model.layers.<i>.self_attn.
#pragma once

#include <optional>

#include "millet/nn/batch.h"
#include "millet/nn/cost.h"
#include "millet/nn/linear.h"
#include "millet/nn/rms_norm.h"
#include "millet/nn/rope.h"

namespace millet::nn {

struct GqaDims {
  int64_t hidden = 0;        // H
  int64_t heads = 0;         // N
  int64_t kv_heads = 0;      // G, divides N
  int64_t head_dim = 0;      // D
  bool qkv_bias = false;     // of q_proj, k_proj, v_proj
  bool output_bias = false;  // of o_proj
  bool qk_norm = false;      // q_norm, k_norm: of each head, before it is rotated
  float norm_eps = 1e-6F;    // of these
  double softmax_scale = 0;  // D^−½
};

class Gqa {
 public:
  // What forward leaves for backward; the norms' inputs are among these.
  struct Saved {
    ConstTensor x;   // [T, H]
    Tensor q, k, v;  // [T, N, D], [T, G, D], [T, G, D]: normalised, rotated
    Tensor y, lse;   // [T, N, D], [T, N]
    RmsNorm::Saved q_norm, k_norm;
    // Filled by backward_input for backward_weight.
    ConstTensor dy;               // [T, H]
    Tensor dattention;            // [T, N, D]
    Tensor dq_normed, dk_normed;  // [T·N, D], [T·G, D], with norms alone
    Tensor dq, dk, dv;            // [T, N·D], [T, G·D], [T, G·D]: of the projections' outputs
  };

  Gqa(Parameters& parameters, std::string_view name, const GqaDims& dims);

  // As Mla's.
  void forward(Context&, const Batch&, ConstTensor x, RopeTable&, int64_t layer, Tensor y, Arena& keep, Saved&) const;
  void backward_input(Context&, const Batch&, ConstTensor dy, const RopeTable&, Tensor dx, Arena& keep, Saved&) const;
  void backward_weight(Context&, const Saved&);

  Cost cost(int64_t rows, int64_t context) const;

 private:
  // The heads of one projection [T, heads, D], normalised where there is a norm, and rotated.
  Tensor heads(Context&, const Batch&, ConstTensor x, const Linear&, const std::optional<RmsNorm>&, int64_t heads,
               const RopeTable&, Arena& keep, RmsNorm::Saved&) const;
  // Back through rotation and norm: d [T, heads, D] becomes the gradient of the projection's output [T, heads·D].
  Tensor heads_backward(Context&, const Batch&, Tensor d, const std::optional<RmsNorm>&, const RopeTable&, Arena& keep,
                        const RmsNorm::Saved&, Tensor& dnormed) const;

  GqaDims dims_;
  Linear q_proj_, k_proj_, v_proj_, o_proj_;
  std::optional<RmsNorm> q_norm_, k_norm_;
};

}  // namespace millet::nn
