// Multi-head latent attention. Source: DeepSeek-V2 §2.1, V3 §2.1.1 eq. 1–11; Hugging Face names under <name> =
// model.layers.<i>.self_attn.
#pragma once

#include <optional>

#include "millet/nn/batch.h"
#include "millet/nn/cost.h"
#include "millet/nn/linear.h"
#include "millet/nn/rms_norm.h"
#include "millet/nn/rope.h"

namespace millet::nn {

struct MlaDims {
  int64_t hidden = 0;       // H
  int64_t heads = 0;        // N
  int64_t q_lora_rank = 0;  // 0: queries without a latent
  int64_t kv_lora_rank = 0;
  int64_t qk_nope_head_dim = 0;
  int64_t qk_rope_head_dim = 0;
  int64_t v_head_dim = 0;
  double softmax_scale = 0;  // (nope + rope)^−½, times YaRN's factor

  int64_t qk_head_dim() const { return qk_nope_head_dim + qk_rope_head_dim; }  // D
};

class Mla {
 public:
  // What forward leaves for backward; the norms' inputs are among these.
  struct Saved {
    ConstTensor x;     // [T, H]
    Tensor q_latent;   // [T, q_lora_rank], normalised
    Tensor kv_latent;  // [T, kv_lora_rank], normalised
    Tensor q, k, v;    // [T, N, D], [T, N, D], [T, N, v_head_dim]: rotated, expanded
    Tensor y, lse;     // [T, N, v_head_dim], [T, N]
    RmsNorm::Saved q_norm, kv_norm;
    // Filled by backward_input for backward_weight.
    ConstTensor dy;          // [T, H]
    Tensor dattention;       // [T, N, v_head_dim]
    Tensor dq;               // [T, N·D]
    Tensor dq_latent, dq_a;  // [T, q_lora_rank]
    Tensor dkv;              // [T, N, nope + v]
    Tensor dkv_latent;       // [T, kv_lora_rank]
    Tensor dkv_a;            // [T, kv_lora_rank + rope]
  };

  Mla(Parameters& parameters, std::string_view name, const MlaDims& dims);

  // y [T, H] from x [T, H], both dense. `layer` says which part of the batch's cache is this module's. What backward
  // needs comes from `keep`.
  void forward(Context&, const Batch&, ConstTensor x, RopeTable&, int64_t layer, Tensor y, Arena& keep, Saved&) const;
  // dx [T, H] is written. The gradients between the products come from `keep`.
  void backward_input(Context&, const Batch&, ConstTensor dy, const RopeTable&, Tensor dx, Arena& keep, Saved&) const;
  void backward_weight(Context&, const Saved&);

  // Of a sequence's `rows` tokens, each attending to its past.
  Cost cost(int64_t rows, int64_t context) const;

 private:
  MlaDims dims_;
  std::optional<Linear> q_proj_;               // without q_lora_rank
  std::optional<Linear> q_a_proj_, q_b_proj_;  // with it
  std::optional<RmsNorm> q_a_layernorm_;
  Linear kv_a_proj_with_mqa_;
  RmsNorm kv_a_layernorm_;
  Linear kv_b_proj_;
  Linear o_proj_;
};

}  // namespace millet::nn
