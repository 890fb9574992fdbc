#include "millet/model/config_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "millet/core/error.h"
#include "millet/core/nearest.h"
#include "millet/model/presets.h"

namespace millet::model {

using io::Json;

// What this architecture has one answer to. Another answer is another model: refused, not ignored.
static void refuse_other_models(const Json& json) {
  const std::string type = json.string_or("model_type", "deepseek_v3");
  require(type == "deepseek_v3" || type == "kimi_k2",
          "{}: model_type is '{}'; this program has the architecture of DeepSeek-V3 ('deepseek_v3')", json.place(),
          type);
  auto only = [&](std::string_view key, std::string_view value) {
    const std::string found = json.string_or(key, value);
    if (found != value) json.at(key).refuse("is '{}', only '{}' is supported", found, value);
  };
  only("hidden_act", "silu");
  only("scoring_func", "sigmoid");
  only("topk_method", "noaux_tc");
  if (json.bool_or("attention_bias", false)) json.at("attention_bias").refuse("is true, biases are not supported");
  if (!json.bool_or("rope_interleave", true)) {
    json.at("rope_interleave").refuse("is false, only weights with interleaved rotary pairs are supported");
  }
}

// A mistyped key would make another model without a word. Files carry keys of other programs, too: only what nearly is
// a key that the file lacks is refused.
static void refuse_mistyped(const Json& json, const std::vector<std::string>& keys) {
  std::vector<std::string> absent;
  for (const std::string& key : keys) {
    if (!json.contains(key)) absent.push_back(key);
  }
  for (const Json::Member& member : json.members()) {
    if (std::find(keys.begin(), keys.end(), member.key) != keys.end()) continue;
    const std::string near = nearest(member.key, absent, 2);
    if (!near.empty()) member.value.refuse("is no key of a model's configuration: did you mean '{}'?", near);
  }
}

// What read_rope and parse_config look for and may not find.
static const std::vector<std::string> kRopeKeys = {"rope_theta", "rope_type",        "type",
                                                   "factor",     "beta_fast",        "beta_slow",
                                                   "mscale",     "mscale_all_dim",   "original_max_position_embeddings",
                                                   "truncate",   "attention_factor", "partial_rotary_factor"};
static const std::vector<std::string> kOptionalKeys = {
    "model_type",          "hidden_act",          "scoring_func",
    "topk_method",         "attention_bias",      "rope_interleave",
    "rope_parameters",     "rope_scaling",        "rope_theta",
    "num_key_value_heads", "intermediate_size",   "moe_intermediate_size",
    "moe_layer_freq",      "norm_topk_prob",      "num_nextn_predict_layers",
    "rms_norm_eps",        "tie_word_embeddings", "initializer_range",
    "bos_token_id",        "eos_token_id"};

// `rope_theta` + `rope_scaling`, as published, or `rope_parameters` with all of it, as transformers 5 writes.
static void read_rope(const Json& json, ModelConfig& c) {
  const Json* parameters = json.find("rope_parameters");
  const Json* scaling = json.find("rope_scaling");
  if (parameters != nullptr && parameters->is_null()) parameters = nullptr;
  if (scaling != nullptr && scaling->is_null()) scaling = nullptr;
  const Json* source = parameters != nullptr ? parameters : scaling;
  c.rope_theta = json.double_or("rope_theta", c.rope_theta);
  if (source == nullptr) return;
  if (!source->is_object()) source->refuse("is {}, the rotary settings are an object", io::name_of(source->kind()));
  refuse_mistyped(*source, kRopeKeys);
  c.rope_theta = source->double_or("rope_theta", c.rope_theta);
  if (source->double_or("partial_rotary_factor", 1) != 1)
    source->at("partial_rotary_factor").refuse("is not 1: all of qk_rope_head_dim is rotated here");
  const std::string type = source->string_or("rope_type", source->string_or("type", "default"));
  if (type == "default") return;
  if (type != "yarn") source->refuse("is of type '{}', only 'yarn' and 'default' are supported", type);
  c.yarn.factor = source->at("factor").as_double();
  c.yarn.original_max_position_embeddings = static_cast<double>(
      source->int_or("original_max_position_embeddings", json.int_or("max_position_embeddings", 0)));
  c.yarn.beta_fast = source->double_or("beta_fast", 32);
  c.yarn.beta_slow = source->double_or("beta_slow", 1);
  c.yarn.mscale = source->double_or("mscale", 0);
  c.yarn.mscale_all_dim = source->double_or("mscale_all_dim", 0);
  c.yarn.attention_factor = source->double_or("attention_factor", 0);
  c.yarn.truncate = source->bool_or("truncate", true);
}

ModelConfig parse_config(const Json& json) {
  if (!json.is_object()) json.refuse("is {}, a model's configuration is an object", io::name_of(json.kind()));
  refuse_other_models(json);
  refuse_mistyped(json, kOptionalKeys);
  ModelConfig c;
  c.vocab_size = json.at("vocab_size").as_int();
  c.hidden_size = json.at("hidden_size").as_int();
  c.num_hidden_layers = json.at("num_hidden_layers").as_int();
  c.num_attention_heads = json.at("num_attention_heads").as_int();
  const int64_t kv_heads = json.int_or("num_key_value_heads", c.num_attention_heads);
  if (kv_heads != c.num_attention_heads) {
    json.at("num_key_value_heads")
        .refuse("is {}, latent attention has one for each of the {} heads", kv_heads, c.num_attention_heads);
  }
  json.at("q_lora_rank");  // null: none
  c.q_lora_rank = json.int_or("q_lora_rank", 0);
  c.kv_lora_rank = json.at("kv_lora_rank").as_int();
  c.qk_nope_head_dim = json.at("qk_nope_head_dim").as_int();
  c.qk_rope_head_dim = json.at("qk_rope_head_dim").as_int();
  c.v_head_dim = json.at("v_head_dim").as_int();
  c.max_position_embeddings = json.at("max_position_embeddings").as_int();
  c.intermediate_size = json.int_or("intermediate_size", 0);
  c.moe_intermediate_size = json.int_or("moe_intermediate_size", 0);
  // Where one of these is absent transformers takes V3's own, which is not what a reader of the file expects.
  json.at("n_routed_experts");  // null, as 0: a dense model
  c.n_routed_experts = json.int_or("n_routed_experts", 0);
  if (c.n_routed_experts != 0) {
    c.n_shared_experts = json.at("n_shared_experts").is_null() ? 0 : json.at("n_shared_experts").as_int();
    c.num_experts_per_tok = json.at("num_experts_per_tok").as_int();
    c.n_group = json.at("n_group").as_int();
    c.topk_group = json.at("topk_group").as_int();
    c.first_k_dense_replace = json.at("first_k_dense_replace").as_int();
    c.routed_scaling_factor = json.at("routed_scaling_factor").as_double();
  }
  if (json.int_or("moe_layer_freq", 1) != 1)
    json.at("moe_layer_freq").refuse("is not 1: experts in every layer behind the dense ones are supported");
  c.norm_topk_prob = json.bool_or("norm_topk_prob", true);
  c.num_nextn_predict_layers = json.int_or("num_nextn_predict_layers", 0);
  c.rms_norm_eps = json.double_or("rms_norm_eps", 1e-6);
  c.tie_word_embeddings = json.bool_or("tie_word_embeddings", false);
  c.initializer_range = json.double_or("initializer_range", 0.02);
  c.bos_token_id = json.int_or("bos_token_id", -1);
  if (const Json* eos = json.find("eos_token_id"); eos != nullptr && !eos->is_null()) {
    if (eos->is_array())
      c.eos_token_id = eos->as_ints();
    else
      c.eos_token_id = {eos->as_int()};
  }
  read_rope(json, c);
  try {
    c.check();
  } catch (const Error& e) {
    if (json.source().empty()) throw;
    throw e.within(json.source());
  }
  return c;
}

ModelConfig read_config(const std::filesystem::path& config_json) {
  return parse_config(io::read_json(config_json));
}

Json to_json(const ModelConfig& c) {
  Json json = Json::object({
      {"architectures", Json::array({"DeepseekV3ForCausalLM"})},
      {"model_type", "deepseek_v3"},
      {"vocab_size", c.vocab_size},
      {"hidden_size", c.hidden_size},
      {"intermediate_size", c.intermediate_size},
      {"moe_intermediate_size", c.moe_intermediate_size},
      {"num_hidden_layers", c.num_hidden_layers},
      {"num_nextn_predict_layers", c.num_nextn_predict_layers},
      {"num_attention_heads", c.num_attention_heads},
      {"num_key_value_heads", c.num_attention_heads},
      {"n_shared_experts", c.n_shared_experts},
      {"n_routed_experts", c.n_routed_experts},
      {"num_experts_per_tok", c.num_experts_per_tok},
      {"n_group", c.n_group},
      {"topk_group", c.topk_group},
      // transformers asks this key alone whether a layer has experts.
      {"first_k_dense_replace", c.n_routed_experts > 0 ? c.first_k_dense_replace : c.num_hidden_layers},
      {"moe_layer_freq", 1},
      {"norm_topk_prob", c.norm_topk_prob},
      {"routed_scaling_factor", c.routed_scaling_factor},
      {"scoring_func", "sigmoid"},
      {"topk_method", "noaux_tc"},
      {"q_lora_rank", c.q_lora_rank > 0 ? Json(c.q_lora_rank) : Json()},
      {"kv_lora_rank", c.kv_lora_rank},
      {"qk_nope_head_dim", c.qk_nope_head_dim},
      {"qk_rope_head_dim", c.qk_rope_head_dim},
      {"v_head_dim", c.v_head_dim},
      {"max_position_embeddings", c.max_position_embeddings},
      {"hidden_act", "silu"},
      {"rms_norm_eps", c.rms_norm_eps},
      {"rope_theta", c.rope_theta},
      {"attention_bias", false},
      {"attention_dropout", 0.0},
      {"tie_word_embeddings", c.tie_word_embeddings},
      {"initializer_range", c.initializer_range},
      {"torch_dtype", "float32"},
      {"use_cache", true},
  });
  if (c.yarn.factor > 1 || c.yarn.attention_factor > 0) {
    Json& scaling = json["rope_scaling"] = Json::object(
        {{"type", "yarn"},
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
  if (c.bos_token_id >= 0) json["bos_token_id"] = c.bos_token_id;
  if (c.eos_token_id.size() == 1) json["eos_token_id"] = c.eos_token_id.front();
  if (c.eos_token_id.size() > 1) json["eos_token_id"] = Json::array_of(c.eos_token_id);
  return json;
}

ModelConfig find_config(std::string_view name_or_path) {
  if (const Preset* preset = find_preset(name_or_path)) return preset->config;
  const std::filesystem::path path(name_or_path);
  if (std::filesystem::is_directory(path)) return read_config(path / "config.json");
  if (std::filesystem::exists(path)) return read_config(path);
  std::vector<std::string> names;
  for (const Preset& p : presets()) names.emplace_back(p.name);
  fail("no model '{}': it is neither a file, nor a directory, nor one of the presets {}", name_or_path,
       fmt::join(names, ", "));
}

}  // namespace millet::model
