// ModelConfig as the config.json that transformers reads.
#include "millet/model/config_json.h"

namespace millet::model {

using io::Json;

static void write_latent_attention(const ModelConfig& c, Json& json) {
  json["num_key_value_heads"] = c.num_attention_heads;
  json["q_lora_rank"] = c.q_lora_rank > 0 ? Json(c.q_lora_rank) : Json();
  json["kv_lora_rank"] = c.kv_lora_rank;
  json["qk_nope_head_dim"] = c.qk_nope_head_dim;
  json["qk_rope_head_dim"] = c.qk_rope_head_dim;
  json["v_head_dim"] = c.v_head_dim;
  json["attention_bias"] = false;
}

static void write_grouped_attention(const ModelConfig& c, Json& json) {
  json["num_key_value_heads"] = c.num_key_value_heads;
  json["head_dim"] = c.head_dim;
  if (row_of(c.architecture).attention_bias != Bias::never) json["attention_bias"] = c.attention_bias;
  if (c.architecture == Architecture::llama)
    json["mlp_bias"] = false;
  else
    json["use_sliding_window"] = false;
}

static void write_deepseek_experts(const ModelConfig& c, Json& json) {
  const bool v3 = row_of(c.architecture).sigmoid_scores;
  json["moe_intermediate_size"] = c.moe_intermediate_size;
  json["n_shared_experts"] = c.n_shared_experts;
  json["n_routed_experts"] = c.n_routed_experts;
  json["num_experts_per_tok"] = c.num_experts_per_tok;
  json["n_group"] = c.n_group;
  json["topk_group"] = c.topk_group;
  // transformers asks this key alone whether a layer has experts.
  json["first_k_dense_replace"] = c.n_routed_experts > 0 ? c.first_k_dense_replace : c.num_hidden_layers;
  json["moe_layer_freq"] = 1;
  json["norm_topk_prob"] = c.norm_topk_prob;
  json["routed_scaling_factor"] = c.routed_scaling_factor;
  json["scoring_func"] = v3 ? "sigmoid" : "softmax";
  json["topk_method"] = v3 ? "noaux_tc" : c.n_group > 1 ? "group_limited_greedy" : "greedy";
}

static void write_qwen_experts(const ModelConfig& c, Json& json) {
  json["moe_intermediate_size"] = c.moe_intermediate_size;
  json["num_experts"] = c.n_routed_experts;
  json["num_experts_per_tok"] = c.num_experts_per_tok;
  json["norm_topk_prob"] = c.norm_topk_prob;
  json["decoder_sparse_step"] = 1;
  json["mlp_only_layers"] = Json::array();
}

static void write_rope(const ModelConfig& c, Json& json) {
  json["rope_theta"] = c.rope_theta;
  if (c.llama3.factor > 1) {
    json["rope_scaling"] = Json::object(
        {{"rope_type", "llama3"},
         {"factor", c.llama3.factor},
         {"low_freq_factor", c.llama3.low_freq_factor},
         {"high_freq_factor", c.llama3.high_freq_factor},
         {"original_max_position_embeddings", static_cast<int64_t>(c.llama3.original_max_position_embeddings)}});
  }
  if (c.yarn.factor <= 1 && c.yarn.attention_factor <= 0) return;
  Json& scaling = json["rope_scaling"] =
      Json::object({{"type", "yarn"},
                    {"rope_type", "yarn"},
                    {"factor", c.yarn.factor},
                    {"original_max_position_embeddings", static_cast<int64_t>(c.yarn.original_max_position_embeddings)},
                    {"beta_fast", c.yarn.beta_fast},
                    {"beta_slow", c.yarn.beta_slow},
                    {"mscale", c.yarn.mscale},
                    {"mscale_all_dim", c.yarn.mscale_all_dim}});
  if (c.yarn.attention_factor > 0) scaling["attention_factor"] = c.yarn.attention_factor;
  if (!c.yarn.truncate) scaling["truncate"] = false;
}

Json to_json(const ModelConfig& c) {
  const ArchitectureRow& row = row_of(c.architecture);
  Json json = Json::object({{"architectures", Json::array({row.class_name})},
                            {"model_type", row.model_type},
                            {"vocab_size", c.vocab_size},
                            {"hidden_size", c.hidden_size},
                            {"intermediate_size", c.intermediate_size},
                            {"num_hidden_layers", c.num_hidden_layers},
                            {"num_attention_heads", c.num_attention_heads}});
  if (row.latent_attention)
    write_latent_attention(c, json);
  else
    write_grouped_attention(c, json);
  if (row.experts) {
    if (row.latent_attention)
      write_deepseek_experts(c, json);
    else
      write_qwen_experts(c, json);
  }
  if (c.architecture == Architecture::deepseek_v3 || c.architecture == Architecture::mimo)
    json["num_nextn_predict_layers"] = c.num_nextn_predict_layers;
  json["max_position_embeddings"] = c.max_position_embeddings;
  json["hidden_act"] = "silu";
  json["rms_norm_eps"] = c.rms_norm_eps;
  write_rope(c, json);
  json["attention_dropout"] = 0.0;
  json["tie_word_embeddings"] = c.tie_word_embeddings;
  json["initializer_range"] = c.initializer_range;
  json["torch_dtype"] = "float32";
  json["use_cache"] = true;
  if (c.bos_token_id >= 0) json["bos_token_id"] = c.bos_token_id;
  if (c.pad_token_id >= 0) json["pad_token_id"] = c.pad_token_id;
  if (c.eos_token_id.size() == 1) json["eos_token_id"] = c.eos_token_id.front();
  if (c.eos_token_id.size() > 1) json["eos_token_id"] = Json::array_of(c.eos_token_id);
  return json;
}

}  // namespace millet::model
