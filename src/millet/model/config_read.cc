#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "millet/core/error.h"
#include "millet/core/nearest.h"
#include "millet/model/config_json.h"
#include "millet/model/presets.h"

namespace millet::model {

using io::Json;

// What Millet computes in one way alone. Another answer is another model: refused, not ignored.
static void only(const Json& json, std::string_view key, std::string_view value) {
  const std::string found = json.string_or(key, value);
  if (found != value) json.at(key).refuse("is '{}', only '{}' is supported", found, value);
}

// Of keys that transformers takes for false where they are null, though not where they are absent.
static bool true_or_null(const Json& json, std::string_view key, bool absent) {
  const Json* found = json.find(key);
  return found != nullptr && found->is_null() ? false : json.bool_or(key, absent);
}

static void refuse_if_true(const Json& json, std::string_view key, std::string_view why) {
  if (json.bool_or(key, false)) json.at(key).refuse("is true, {}", why);
}

// Keys of other models' configurations that nearly are keys of these: other tokens than the first and the last.
static const std::vector<std::string> kOthersKeys = {"boa_token_id", "boi_token_id", "bot_token_id",
                                                     "cls_token_id", "eoa_token_id", "eod_token_id",
                                                     "eoi_token_id", "eom_token_id", "eot_token_id"};

static bool is_in(const std::vector<std::string>& keys, const std::string& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

// A mistyped key would make another model without a word. Files carry keys of other programs, too: only what nearly is
// a key that the file lacks is refused, and nothing that says nothing (null).
static void refuse_mistyped(const Json& json, const std::vector<std::string>& keys) {
  std::vector<std::string> absent;
  for (const std::string& key : keys) {
    if (!json.contains(key)) absent.push_back(key);
  }
  for (const Json::Member& member : json.members()) {
    if (member.value.is_null() || is_in(keys, member.key) || is_in(kOthersKeys, member.key)) continue;
    const std::string near = nearest(member.key, absent, 2);
    if (!near.empty()) member.value.refuse("is no key of a model's configuration: did you mean '{}'?", near);
  }
}

// What the functions below look for and may not find.
static const std::vector<std::string> kRopeKeys = {"rope_theta",
                                                   "rope_type",
                                                   "type",
                                                   "factor",
                                                   "beta_fast",
                                                   "beta_slow",
                                                   "mscale",
                                                   "mscale_all_dim",
                                                   "truncate",
                                                   "original_max_position_embeddings",
                                                   "attention_factor",
                                                   "partial_rotary_factor",
                                                   "low_freq_factor",
                                                   "high_freq_factor"};
static const std::vector<std::string> kOptionalKeys = {
    "model_type",        "hidden_act",        "attention_bias",      "rope_parameters",
    "rope_scaling",      "rope_theta",        "rms_norm_eps",        "tie_word_embeddings",
    "initializer_range", "bos_token_id",      "pad_token_id",        "eos_token_id",
    "norm_topk_prob",    "intermediate_size", "num_key_value_heads", "moe_intermediate_size",
    "mlp_bias",          "is_causal"};
static const std::vector<std::string> kOptionalLatentKeys = {"scoring_func", "topk_method", "rope_interleave",
                                                             "moe_layer_freq", "num_nextn_predict_layers"};
static const std::vector<std::string> kOptionalGroupedKeys = {
    "head_dim", "use_sliding_window", "sliding_window", "max_window_layers", "layer_types", "use_mrope"};

// The context that the model was trained with. As in transformers, the configuration's own word goes before that of its
// rotary settings.
static double trained_context(const Json& json, const Json& source) {
  const int64_t own = source.int_or("original_max_position_embeddings", json.int_or("max_position_embeddings", 0));
  return static_cast<double>(json.int_or("original_max_position_embeddings", own));
}

static void read_yarn(const Json& json, const Json& source, nn::Yarn& yarn) {
  yarn.factor = source.at("factor").as_double();
  yarn.original_max_position_embeddings = trained_context(json, source);
  yarn.beta_fast = source.double_or("beta_fast", 32);
  yarn.beta_slow = source.double_or("beta_slow", 1);
  yarn.mscale = source.double_or("mscale", 0);
  yarn.mscale_all_dim = source.double_or("mscale_all_dim", 0);
  yarn.attention_factor = source.double_or("attention_factor", 0);
  yarn.truncate = source.bool_or("truncate", true);
}

static void read_llama3(const Json& json, const Json& source, nn::Llama3Scaling& scaling) {
  scaling.factor = source.at("factor").as_double();
  scaling.low_freq_factor = source.at("low_freq_factor").as_double();
  scaling.high_freq_factor = source.at("high_freq_factor").as_double();
  scaling.original_max_position_embeddings = trained_context(json, source);
}

static const Json* find_object(const Json& json, std::string_view key) {
  const Json* found = json.find(key);
  if (found == nullptr || found->is_null()) return nullptr;
  if (!found->is_object()) found->refuse("is {}, the rotary settings are an object", io::name_of(found->kind()));
  return found->size() > 0 ? found : nullptr;
}

static void refuse_partial_rotation(const Json& json) {
  if (json.double_or("partial_rotary_factor", 1) != 1)
    json.at("partial_rotary_factor").refuse("is not 1: all of a head's rotary part is rotated here");
}

// Where there is a rope_scaling, transformers looks at no base in rope_parameters: a model that was trained with
// another one than 10000 would be computed with that, which nobody means.
static void refuse_lost_base(const Json& json, const Json& scaling, const Json& parameters, double theta) {
  if (json.double_or("rope_theta", 0) != 0 || scaling.double_or("rope_theta", 0) != 0) return;
  const double lost = parameters.double_or("rope_theta", theta);
  if (lost == theta) return;
  scaling.refuse(
      "goes before rope_parameters and has no rope_theta: that would be {}, as in transformers, and not the {} there; "
      "write the one that is meant into rope_scaling",
      theta, lost);
}

// `rope_theta` + `rope_scaling`, as published, or `rope_parameters` with all of it, as transformers 5 writes. Where
// both stand there, as after rope_scaling was added by hand, it is rope_scaling alone.
static void read_rope(const Json& json, ModelConfig& c) {
  const Json* parameters = find_object(json, "rope_parameters");
  const Json* scaling = find_object(json, "rope_scaling");
  const Json* source = scaling != nullptr ? scaling : parameters;
  c.rope_theta = json.double_or("rope_theta", c.rope_theta);
  refuse_partial_rotation(json);
  if (source == nullptr) return;
  refuse_mistyped(*source, kRopeKeys);
  for (const Json::Member& member : source->members()) {
    if (member.value.is_object()) member.value.refuse("is an object: all layers have the same rotary settings here");
  }
  c.rope_theta = source->double_or("rope_theta", c.rope_theta);
  if (scaling != nullptr && parameters != nullptr) refuse_lost_base(json, *scaling, *parameters, c.rope_theta);
  refuse_partial_rotation(*source);
  const std::string type = source->string_or("rope_type", source->string_or("type", "default"));
  if (type == "default") return;
  if (type == "yarn") return read_yarn(json, *source, c.yarn);
  if (type == "llama3") {
    if (row_of(c.architecture).latent_attention && source->double_or("mscale_all_dim", 0) != 0)
      source->at("mscale_all_dim").refuse("is YaRN's: beside rope_type 'llama3' it is not supported");
    return read_llama3(json, *source, c.llama3);
  }
  source->refuse("is of type '{}', only 'yarn', 'llama3' and 'default' are supported", type);
}

static void read_latent_attention(const Json& json, ModelConfig& c) {
  const int64_t kv_heads = json.int_or("num_key_value_heads", c.num_attention_heads);
  if (kv_heads != c.num_attention_heads) {
    json.at("num_key_value_heads")
        .refuse("is {}, latent attention has one for each of the {} heads", kv_heads, c.num_attention_heads);
  }
  refuse_if_true(json, "attention_bias", "biases are not supported in latent attention");
  if (!true_or_null(json, "rope_interleave", true))
    json.at("rope_interleave").refuse("is not true, only weights with interleaved rotary pairs are supported");
  json.at("q_lora_rank");  // null: none
  c.q_lora_rank = json.int_or("q_lora_rank", 0);
  c.kv_lora_rank = json.at("kv_lora_rank").as_int();
  c.qk_nope_head_dim = json.at("qk_nope_head_dim").as_int();
  c.qk_rope_head_dim = json.at("qk_rope_head_dim").as_int();
  c.v_head_dim = json.at("v_head_dim").as_int();
}

// Layers that attend to a window of the past are refused; the keys of windows may stand there while no layer has one.
// As in transformers, layer_types goes before max_window_layers, the first layer with a window; Qwen3-MoE knows
// neither.
static void refuse_windows(const Json& json, const ModelConfig& c) {
  const bool by_layer = c.architecture != Architecture::qwen3_moe;
  const Json* types = json.find("layer_types");
  const bool listed = types != nullptr && !types->is_null();
  if (listed) {
    if (static_cast<int64_t>(types->size()) < c.num_hidden_layers)
      types->refuse("names {} layers of {}", types->size(), c.num_hidden_layers);
    for (const Json& type : types->items()) {
      if (type.as_string() != "full_attention")
        type.refuse("is '{}', all layers attend to the whole past here", type.as_string());
    }
  }
  const Json* window = json.find("sliding_window");
  if (window != nullptr && window->is_null()) return;
  if (by_layer && (listed || json.int_or("max_window_layers", 28) >= c.num_hidden_layers)) return;
  refuse_if_true(json, "use_sliding_window", "all layers attend to the whole past here");
}

static void read_grouped_attention(const Json& json, ModelConfig& c) {
  // Where these are absent transformers takes a number of its own for Qwen: not what a reader of the file expects.
  const bool llama = c.architecture == Architecture::llama;
  c.num_key_value_heads =
      llama ? json.int_or("num_key_value_heads", c.num_attention_heads) : json.at("num_key_value_heads").as_int();
  c.head_dim = json.int_or("head_dim", 0);
  if (c.head_dim == 0) {
    if (row_of(c.architecture).qk_norm) json.at("head_dim").refuse("is missing, this model needs it");
    require(c.num_attention_heads > 0 && c.hidden_size % c.num_attention_heads == 0,
            "{}: there is no head_dim, and hidden_size ({}) is no multiple of num_attention_heads ({})", json.place(),
            c.hidden_size, c.num_attention_heads);
    c.head_dim = c.hidden_size / c.num_attention_heads;
  }
  c.attention_bias = json.bool_or("attention_bias", false);
  refuse_if_true(json, "use_mrope", "positions are those of text here");
  refuse_windows(json, c);
}

// Where one of these is absent transformers takes V3's own, which is not what a reader of the file expects.
static void read_deepseek_experts(const Json& json, ModelConfig& c) {
  const bool v3 = row_of(c.architecture).sigmoid_scores;
  json.at("n_routed_experts");  // null, as 0: a dense model
  c.n_routed_experts = json.int_or("n_routed_experts", 0);
  only(json, "scoring_func", v3 ? "sigmoid" : "softmax");
  if (json.int_or("moe_layer_freq", 1) != 1)
    json.at("moe_layer_freq").refuse("is not 1: experts in every layer behind the dense ones are supported");
  c.norm_topk_prob = true_or_null(json, "norm_topk_prob", v3);
  if (c.n_routed_experts == 0) return;
  c.n_shared_experts = json.at("n_shared_experts").is_null() ? 0 : json.at("n_shared_experts").as_int();
  c.num_experts_per_tok = json.at("num_experts_per_tok").as_int();
  c.first_k_dense_replace = json.at("first_k_dense_replace").as_int();
  c.routed_scaling_factor = json.at("routed_scaling_factor").as_double();
  if (v3) {
    only(json, "topk_method", "noaux_tc");
    c.n_group = json.at("n_group").as_int();
    c.topk_group = json.at("topk_group").as_int();
    return;
  }
  if (c.norm_topk_prob) {
    json.at("norm_topk_prob")
        .refuse(
            "is true: for V2, DeepSeek's code then leaves out routed_scaling_factor and transformers does not "
            "normalise; there is no one answer");
  }
  const std::string method = json.at("topk_method").as_string();
  if (method == "greedy") return;  // groups play no part
  if (method != "group_limited_greedy")
    json.at("topk_method").refuse("is '{}', only 'greedy' and 'group_limited_greedy' are supported", method);
  c.n_group = json.at("n_group").as_int();
  c.topk_group = json.at("topk_group").as_int();
}

static void read_qwen_experts(const Json& json, ModelConfig& c) {
  // Published as num_experts, written by transformers 5 as num_local_experts.
  const Json* experts = json.find("num_local_experts");
  c.n_routed_experts = (experts != nullptr ? *experts : json.at("num_experts")).as_int();
  c.num_experts_per_tok = json.at("num_experts_per_tok").as_int();
  c.norm_topk_prob = json.at("norm_topk_prob").as_bool();
  if (json.int_or("decoder_sparse_step", 1) != 1)
    json.at("decoder_sparse_step").refuse("is not 1: experts in every layer are supported");
  const Json* dense = json.find("mlp_only_layers");
  if (dense != nullptr && !dense->is_null() && dense->size() > 0)
    dense->refuse("names layers: experts in every layer are supported");
}

std::vector<int64_t> read_ends(const Json& json) {
  const Json* eos = json.find("eos_token_id");
  if (eos == nullptr || eos->is_null()) return {};
  return eos->is_array() ? eos->as_ints() : std::vector<int64_t>{eos->as_int()};
}

// By model_type, or where there is none by transformers' class, as files written by hand have it.
static Architecture read_architecture(const Json& json) {
  std::string type = json.string_or("model_type", "");
  if (const Json* classes = json.find("architectures"); type.empty() && classes != nullptr && classes->is_array()) {
    for (const ArchitectureRow& row : architectures()) {
      if (classes->size() > 0 && classes->at(size_t{0}).as_string() == row.class_name) type = row.model_type;
    }
  }
  if (type.empty()) json.at("model_type").refuse("is empty: it says which family of models this is");
  try {
    return find_architecture(type);
  } catch (const Error& e) {
    throw e.within(json.source().empty() ? "a model's configuration" : json.source());
  }
}

ModelConfig parse_config(const Json& json) {
  if (!json.is_object()) json.refuse("is {}, a model's configuration is an object", io::name_of(json.kind()));
  ModelConfig c;
  c.architecture = read_architecture(json);
  const ArchitectureRow& row = row_of(c.architecture);
  std::vector<std::string> keys = kOptionalKeys;
  const std::vector<std::string>& more = row.latent_attention ? kOptionalLatentKeys : kOptionalGroupedKeys;
  keys.insert(keys.end(), more.begin(), more.end());
  refuse_mistyped(json, keys);
  if (json.string_or("hidden_act", "silu") != "swish") only(json, "hidden_act", "silu");  // one function, two names
  refuse_if_true(json, "mlp_bias", "biases are supported in attention alone");
  if (!json.bool_or("is_causal", true))
    json.at("is_causal").refuse("is false: each token sees those behind it, so this is no model that continues a text");
  c.vocab_size = json.at("vocab_size").as_int();
  c.hidden_size = json.at("hidden_size").as_int();
  c.num_hidden_layers = json.at("num_hidden_layers").as_int();
  c.num_attention_heads = json.at("num_attention_heads").as_int();
  c.max_position_embeddings = json.at("max_position_embeddings").as_int();
  c.intermediate_size = json.int_or("intermediate_size", 0);
  c.moe_intermediate_size = json.int_or("moe_intermediate_size", 0);
  if (row.latent_attention)
    read_latent_attention(json, c);
  else
    read_grouped_attention(json, c);
  if (row.experts) {
    if (row.latent_attention)
      read_deepseek_experts(json, c);
    else
      read_qwen_experts(json, c);
  }
  if (c.architecture == Architecture::deepseek_v3 || c.architecture == Architecture::mimo)
    c.num_nextn_predict_layers = json.int_or("num_nextn_predict_layers", 0);
  c.rms_norm_eps = json.double_or("rms_norm_eps", 1e-6);
  c.tie_word_embeddings = json.bool_or("tie_word_embeddings", false);
  c.initializer_range = json.double_or("initializer_range", 0.02);
  c.bos_token_id = json.int_or("bos_token_id", -1);
  c.pad_token_id = json.int_or("pad_token_id", -1);
  c.eos_token_id = read_ends(json);
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

ModelConfig find_config(std::string_view name_or_path) {
  if (const Preset* preset = find_preset(name_or_path)) return preset->config;
  const std::filesystem::path path(name_or_path);
  if (std::filesystem::is_directory(path)) return read_config(path / "config.json");
  require(path.extension() != ".safetensors" && path.extension() != ".gguf",
          "{} holds weights: name the directory that it lies in, or a config.json", path.string());
  if (std::filesystem::exists(path)) return read_config(path);
  std::vector<std::string> names;
  for (const Preset& p : presets()) names.emplace_back(p.name);
  fail("no model '{}': it is neither a file, nor a directory, nor one of the presets {}", name_or_path,
       fmt::join(names, ", "));
}

}  // namespace millet::model
