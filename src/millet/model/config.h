// ModelConfig: the architecture, in the words of a Hugging Face config.json. Reading and writing it is
// model/config_json's.
#pragma once

#include <cstdint>
#include <vector>

#include "millet/model/architecture.h"
#include "millet/nn/block.h"
#include "millet/nn/kv_cache.h"
#include "millet/nn/rope.h"

namespace millet::model {

// Fields have config.json's names; what a family calls otherwise has DeepSeek-V3's. A group of fields that the
// architecture has no use for stays as it is here.
struct ModelConfig {
  Architecture architecture = Architecture::deepseek_v3;
  int64_t vocab_size = 0;
  int64_t hidden_size = 0;
  int64_t intermediate_size = 0;
  int64_t moe_intermediate_size = 0;
  int64_t num_hidden_layers = 0;
  int64_t num_nextn_predict_layers = 0;
  int64_t num_attention_heads = 0;
  int64_t n_shared_experts = 0;
  int64_t n_routed_experts = 0;
  int64_t num_experts_per_tok = 0;
  int64_t n_group = 1;
  int64_t topk_group = 1;
  int64_t first_k_dense_replace = 0;
  bool norm_topk_prob = true;
  double routed_scaling_factor = 1;
  // Latent attention.
  int64_t q_lora_rank = 0;  // null in config.json: 0
  int64_t kv_lora_rank = 0;
  int64_t qk_nope_head_dim = 0;
  int64_t qk_rope_head_dim = 0;
  int64_t v_head_dim = 0;
  // Grouped-query attention.
  int64_t num_key_value_heads = 0;
  int64_t head_dim = 0;
  bool attention_bias = false;

  int64_t max_position_embeddings = 0;
  double rms_norm_eps = 1e-6;
  double rope_theta = 10000;
  nn::Yarn yarn;
  nn::Llama3Scaling llama3;  // never both
  bool tie_word_embeddings = false;
  double initializer_range = 0.02;
  int64_t pad_token_id = -1;  // of batches; carried along
  int64_t bos_token_id = -1;
  std::vector<int64_t> eos_token_id;

  bool is_moe_layer(int64_t layer) const { return n_routed_experts > 0 && layer >= first_k_dense_replace; }
  bool has_latent_attention() const { return row_of(architecture).latent_attention; }
  int64_t rotary_dim() const { return has_latent_attention() ? qk_rope_head_dim : head_dim; }
  nn::RopeTable rope_table(Device& device, DType dtype) const;
  // Elements that a token leaves in the cache of one layer in its published form: latent and rotated key, or keys and
  // values of all groups.
  int64_t cache_elements() const;
  nn::BlockDims block_dims(int64_t layer) const;
  nn::KvCache::Dims cache_dims() const;

  // Throws Error naming the field and the rule it breaks: sizes that no model has, odd rotary width, groups that do not
  // divide the experts, more experts a token than there are …
  void check() const;
};

}  // namespace millet::model
