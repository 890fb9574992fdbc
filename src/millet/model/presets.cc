#include "millet/model/presets.h"

namespace millet::model {

// The published config.json of DeepSeek-V3 and R1.
static ModelConfig deepseek_v3() {
  ModelConfig c;
  c.vocab_size = 129280;
  c.hidden_size = 7168;
  c.intermediate_size = 18432;
  c.moe_intermediate_size = 2048;
  c.num_hidden_layers = 61;
  c.num_nextn_predict_layers = 1;
  c.num_attention_heads = 128;
  c.n_shared_experts = 1;
  c.n_routed_experts = 256;
  c.num_experts_per_tok = 8;
  c.n_group = 8;
  c.topk_group = 4;
  c.first_k_dense_replace = 3;
  c.routed_scaling_factor = 2.5;
  c.q_lora_rank = 1536;
  c.kv_lora_rank = 512;
  c.qk_nope_head_dim = 128;
  c.qk_rope_head_dim = 64;
  c.v_head_dim = 128;
  c.max_position_embeddings = 163840;
  c.yarn = {.factor = 40,
            .original_max_position_embeddings = 4096,
            .beta_fast = 32,
            .beta_slow = 1,
            .mscale = 1,
            .mscale_all_dim = 1};
  c.bos_token_id = 0;
  c.eos_token_id = {1};
  return c;
}

// The architecture in small: every part of it, sizes for two cores.
static ModelConfig v3_mini() {
  ModelConfig c;
  c.hidden_size = 128;
  c.intermediate_size = 256;
  c.moe_intermediate_size = 64;
  c.num_hidden_layers = 4;
  c.num_attention_heads = 4;
  c.n_shared_experts = 1;
  c.n_routed_experts = 8;
  c.num_experts_per_tok = 2;
  c.first_k_dense_replace = 1;
  c.routed_scaling_factor = 1;
  c.kv_lora_rank = 64;
  c.qk_nope_head_dim = 24;
  c.qk_rope_head_dim = 16;
  c.v_head_dim = 32;
  c.max_position_embeddings = 0;  // as long as the examples (model/presets.h)
  return c;
}

// As many active parameters as nanoGPT's smallest setting (0.8 million), more experts to choose from.
static ModelConfig v3_tiny() {
  ModelConfig c = v3_mini();
  c.intermediate_size = 352;
  c.n_routed_experts = 16;
  c.num_experts_per_tok = 4;
  return c;
}

const std::vector<Preset>& presets() {
  static const std::vector<Preset> list = {
      {"deepseek-v3", "DeepSeek-V3 and R1, 671 billion parameters", deepseek_v3()},
      {"v3-tiny", "the same architecture with 0.8 million active parameters, for characters of a book", v3_tiny()},
      {"v3-mini", "the same architecture with a million parameters, for two cores", v3_mini()},
  };
  return list;
}

const Preset* find_preset(std::string_view name) {
  for (const Preset& p : presets()) {
    if (p.name == name) return &p;
  }
  return nullptr;
}

void fill_open_sizes(ModelConfig& config, int64_t vocab_size, int64_t positions) {
  if (config.vocab_size == 0) config.vocab_size = vocab_size;
  if (config.max_position_embeddings == 0) config.max_position_embeddings = positions;
}

}  // namespace millet::model
