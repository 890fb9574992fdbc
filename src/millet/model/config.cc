#include "millet/model/config.h"

#include <cmath>

#include "millet/core/error.h"

namespace millet::model {

nn::BlockDims ModelConfig::block_dims(int64_t layer) const {
  const double head = static_cast<double>(qk_nope_head_dim + qk_rope_head_dim);
  nn::BlockDims dims;
  dims.attention = {.hidden = hidden_size,
                    .heads = num_attention_heads,
                    .q_lora_rank = q_lora_rank,
                    .kv_lora_rank = kv_lora_rank,
                    .qk_nope_head_dim = qk_nope_head_dim,
                    .qk_rope_head_dim = qk_rope_head_dim,
                    .v_head_dim = v_head_dim,
                    .softmax_scale = yarn.softmax_scale() / std::sqrt(head)};
  dims.rms_norm_eps = static_cast<float>(rms_norm_eps);
  dims.intermediate = intermediate_size;
  dims.is_moe = is_moe_layer(layer);
  dims.router = {.hidden = hidden_size,
                 .n_routed_experts = n_routed_experts,
                 .num_experts_per_tok = num_experts_per_tok,
                 .options = {.n_group = n_group,
                             .topk_group = topk_group,
                             .norm_topk_prob = norm_topk_prob,
                             .routed_scaling_factor = routed_scaling_factor}};
  dims.moe_intermediate = moe_intermediate_size;
  dims.n_shared_experts = n_shared_experts;
  return dims;
}

nn::KvCache::Dims ModelConfig::cache_dims() const {
  return {.layers = num_hidden_layers,
          .heads = num_attention_heads,
          .key_dim = qk_nope_head_dim + qk_rope_head_dim,
          .value_dim = v_head_dim};
}

void ModelConfig::check() const {
  struct Size {
    std::string_view name;
    int64_t value;
  };
  for (const Size& s :
       {Size{"vocab_size", vocab_size}, Size{"hidden_size", hidden_size}, Size{"num_hidden_layers", num_hidden_layers},
        Size{"num_attention_heads", num_attention_heads}, Size{"kv_lora_rank", kv_lora_rank},
        Size{"qk_nope_head_dim", qk_nope_head_dim}, Size{"qk_rope_head_dim", qk_rope_head_dim},
        Size{"v_head_dim", v_head_dim}, Size{"max_position_embeddings", max_position_embeddings},
        Size{"moe_layer_freq", moe_layer_freq}}) {
    require(s.value > 0, "config: {} is {}, it must be positive", s.name, s.value);
    require(s.value <= (int64_t{1} << 31), "config: {} is {}, more than any model has", s.name, s.value);
  }
  require(qk_rope_head_dim % 2 == 0, "config: qk_rope_head_dim is {}, it must be even, rotary pairs are neighbours",
          qk_rope_head_dim);
  require(q_lora_rank >= 0, "config: q_lora_rank is {}, it must be positive, or null for none", q_lora_rank);
  require(rms_norm_eps > 0, "config: rms_norm_eps is {}, it must be positive", rms_norm_eps);
  require(rope_theta > 1, "config: rope_theta is {}, it must be above 1", rope_theta);
  require(yarn.factor <= 1 || yarn.original_max_position_embeddings > 0,
          "config: rope_scaling needs original_max_position_embeddings");
  require(num_nextn_predict_layers >= 0 && num_nextn_predict_layers <= 1,
          "config: num_nextn_predict_layers is {}, a depth of 0 or 1 is supported", num_nextn_predict_layers);
  require(first_k_dense_replace >= 0, "config: first_k_dense_replace is {}, it must not be negative",
          first_k_dense_replace);

  bool any_moe = false, any_dense = false;
  for (int64_t layer = 0; layer < num_hidden_layers; ++layer) (is_moe_layer(layer) ? any_moe : any_dense) = true;
  require(!any_dense || intermediate_size > 0, "config: intermediate_size is {}, the dense layers need one",
          intermediate_size);
  if (!any_moe) return;
  require(moe_intermediate_size > 0, "config: moe_intermediate_size is {}, it must be positive", moe_intermediate_size);
  require(n_shared_experts >= 0, "config: n_shared_experts is {}, it must not be negative", n_shared_experts);
  require(n_group > 0 && n_routed_experts % n_group == 0,
          "config: n_routed_experts ({}) must be a multiple of n_group ({})", n_routed_experts, n_group);
  require(topk_group > 0 && topk_group <= n_group, "config: topk_group is {}, it must be between 1 and n_group ({})",
          topk_group, n_group);
  require(n_group == 1 || n_routed_experts / n_group >= 2,
          "config: groups of one expert have no two best scores to add; use n_group = 1 or fewer groups");
  require(num_experts_per_tok > 0 && num_experts_per_tok <= n_routed_experts / n_group * topk_group,
          "config: num_experts_per_tok is {}, the {} groups kept hold {} experts", num_experts_per_tok, topk_group,
          n_routed_experts / n_group * topk_group);
}

}  // namespace millet::model
