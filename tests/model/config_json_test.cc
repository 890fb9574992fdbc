#include "millet/model/config_json.h"

#include <doctest/doctest.h>

#include <map>
#include <set>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/model/blueprint.h"
#include "millet/model/cost.h"
#include "millet/model/names.h"
#include "millet/model/presets.h"
#include "tests/core/test_data.h"

using namespace millet;
using io::Json;

static Json v3() {
  return model::to_json(model::find_preset("deepseek-v3")->config);
}

static Json yarn_with(std::string_view key, double value) {
  Json scaling = v3().at("rope_scaling");
  if (key == "mscale_all_dimm") scaling.erase("mscale_all_dim");
  scaling[key] = value;
  return scaling;
}

TEST_CASE("what is written is read back the same") {
  const model::ModelConfig c = model::parse_config(v3());
  CHECK(model::to_json(c) == v3());
  CHECK(c.yarn.factor == 40);
  CHECK(c.eos_token_id == std::vector<int64_t>{1});
}

TEST_CASE("both spellings of the rotary settings mean the same") {
  Json json = v3();
  Json parameters = json.at("rope_scaling");
  parameters["rope_theta"] = 5000.0;
  json.erase("rope_scaling");
  json.erase("rope_theta");
  json["rope_parameters"] = parameters;
  const model::ModelConfig c = model::parse_config(json);
  CHECK(c.rope_theta == 5000);
  CHECK(c.yarn.factor == 40);
  CHECK(c.yarn.original_max_position_embeddings == 4096);
  CHECK(c.yarn.mscale_all_dim == 1);
}

TEST_CASE("rope_scaling beside rope_parameters goes before it, as in transformers, and an empty one does not") {
  Json json = v3();
  json["rope_parameters"] = Json::object({{"rope_type", "default"}, {"rope_theta", 10000.0}});
  CHECK(model::parse_config(json).yarn.factor == 40);
  json["rope_scaling"] = Json::object();
  CHECK(model::parse_config(json).yarn.factor == 1);
  json["rope_scaling"] = Json();
  json["rope_parameters"]["rope_theta"] = 500.0;
  CHECK(model::parse_config(json).rope_theta == 500);
  json.erase("rope_theta");
  json["rope_scaling"] = Json::object({{"rope_type", "yarn"}, {"factor", 4}, {"rope_theta", 500.0}});
  CHECK(model::parse_config(json).rope_theta == 500);
  json["rope_theta"] = 50.0;
  json["rope_scaling"].erase("rope_theta");
  CHECK(model::parse_config(json).rope_theta == 50);
  // transformers takes 10000 then, which is not what anybody means.
  json.erase("rope_theta");
  CHECK_THROWS_WITH_AS(model::parse_config(json),
                       doctest::Contains("rope_scaling goes before rope_parameters and has no rope_theta: that would "
                                         "be 10000, as in transformers, and not the 500 there"),
                       Error);
}

TEST_CASE("the context of training is the configuration's own, its rotary settings' or the longest") {
  for (const char* type : {"yarn", "llama3"}) {
    CAPTURE(type);
    const auto context = [&](const Json& json) {
      const model::ModelConfig c = model::parse_config(json);
      return std::max(c.yarn.original_max_position_embeddings, c.llama3.original_max_position_embeddings);
    };
    Json json = v3();
    json["rope_scaling"] =
        Json::object({{"rope_type", type}, {"factor", 4}, {"low_freq_factor", 1}, {"high_freq_factor", 4}});
    CHECK(context(json) == 163840);
    json["rope_scaling"]["original_max_position_embeddings"] = 4096;
    CHECK(context(json) == 4096);
    json["original_max_position_embeddings"] = 2048;
    CHECK(context(json) == 2048);
  }
}

TEST_CASE("rotary settings for each kind of layer are refused") {
  Json json = v3();
  json["rope_scaling"] = Json::object({{"full_attention", Json::object({{"rope_type", "yarn"}, {"factor", 4}})}});
  CHECK_THROWS_WITH_AS(model::parse_config(json), doctest::Contains("rope_scaling.full_attention is an object"), Error);
}

TEST_CASE("another name of the activation, and other tokens than the first and the last, are no mistakes") {
  Json json = v3();
  json["hidden_act"] = "swish";
  CHECK(model::to_json(model::parse_config(json)) == v3());
  json.erase("bos_token_id");
  json.erase("eos_token_id");
  json["cls_token_id"] = Json();
  json["eot_token_id"] = 7;
  json["rope_scalin"] = Json();  // says nothing
  CHECK(model::parse_config(json).eos_token_id.empty());
  json["bos_token_ids"] = 7;
  CHECK_THROWS_WITH_AS(model::parse_config(json), doctest::Contains("did you mean 'bos_token_id'?"), Error);
}

TEST_CASE("YaRN's rarer settings are read, and written where they are set") {
  Json json = v3();
  json["rope_scaling"]["attention_factor"] = 1.25;
  json["rope_scaling"]["truncate"] = false;
  const model::ModelConfig c = model::parse_config(json);
  CHECK(c.yarn.attention_factor == 1.25);
  CHECK_FALSE(c.yarn.truncate);
  CHECK(model::to_json(c) == json);
}

TEST_CASE("a model without experts says so in the way that transformers asks") {
  Json json = v3();
  json["n_routed_experts"] = 0;
  const model::ModelConfig c = model::parse_config(json);
  CHECK_FALSE(c.is_moe_layer(10));
  CHECK(model::to_json(c).at("first_k_dense_replace").as_int() == c.num_hidden_layers);
}

TEST_CASE("an impossible shape is refused with the file that holds it") {
  Json json = Json::parse(v3().dump(), "models/x/config.json");
  json["hidden_size"] = 0;
  CHECK_THROWS_WITH_AS(model::parse_config(json), "models/x/config.json: hidden_size is 0, it must be positive", Error);
}

TEST_CASE("a latent that is null is none, several end tokens are a list") {
  Json json = v3();
  json["q_lora_rank"] = Json();
  json["eos_token_id"] = Json::array({1, 9});
  const model::ModelConfig c = model::parse_config(json);
  CHECK(c.q_lora_rank == 0);
  CHECK(c.eos_token_id == std::vector<int64_t>{1, 9});
}

TEST_CASE("what this architecture is not is refused by name, and impossible shapes by their rule") {
  struct Row {
    const char* key;
    Json value;
    const char* message;
  };
  const Row rows[] = {{"model_type", "gpt_oss", "model_type is 'gpt_oss': gpt-oss is not supported"},
                      {"hidden_act", "gelu", "hidden_act is 'gelu'"},
                      {"scoring_func", "softmax", "scoring_func is 'softmax'"},
                      {"hidden_size", 0, "hidden_size is 0"},
                      {"hidden_size", "big", "hidden_size"},
                      {"num_experts_per_tok", 200, "num_experts_per_tok is 200"},
                      {"n_group", 7, "multiple of n_group (7)"},
                      {"n_group", 256, "groups of one expert"},
                      {"topk_group", 9, "topk_group is 9"},
                      {"qk_rope_head_dim", 63, "qk_rope_head_dim is 63, it must be even"},
                      {"num_nextn_predict_layers", 2, "num_nextn_predict_layers is 2"},
                      {"vocab_size", 1e99, "vocab_size"},
                      {"moe_layer_freq", 2, "moe_layer_freq is not 1"},
                      {"is_causal", false, "is_causal is false"},
                      {"rope_interleave", Json(), "rope_interleave is not true"},
                      {"rope_scaling",
                       Json::object({{"rope_type", "llama3"},
                                     {"factor", 8},
                                     {"low_freq_factor", 1},
                                     {"high_freq_factor", 4},
                                     {"mscale_all_dim", 1}}),
                       "mscale_all_dim is YaRN's"},
                      {"rope_scaling", yarn_with("mscale_all_dimm", 1), "did you mean 'mscale_all_dim'?"},
                      {"rope_scaling", yarn_with("partial_rotary_factor", 0.5), "partial_rotary_factor is not 1"},
                      {"rope_scaling", yarn_with("attention_factor", -3), "attention_factor"},
                      {"n_shared_experts", int64_t{1} << 62, "n_shared_experts is 4611686018427387904"},
                      {"moe_intermediate_size", int64_t{1} << 56, "moe_intermediate_size is"},
                      {"q_lora_rank", int64_t{1} << 60, "q_lora_rank is"},
                      {"num_hidden_layers", 1001, "num_hidden_layers is 1001"},
                      {"hidden_size", 1 << 24, "weights, more than 1e+15"},
                      {"rope_theta", 1e300, "rope_theta is"},
                      {"rope_scaling", Json::array({1}), "rope_scaling is an array"},
                      {"rope_scaling", yarn_with("beta_fast", -1), "beta_fast is -1"},
                      {"rope_scaling", yarn_with("beta_fast", 0.5), "beta_fast is 0.5 and beta_slow 1"},
                      {"rope_scaling", yarn_with("factor", 1e308), "factor is 1e+308"},
                      {"rope_scaling", yarn_with("mscale", -1), "mscale"}};
  for (const Row& r : rows) {
    CAPTURE(r.key);
    Json json = v3();
    json[r.key] = r.value;
    CHECK_THROWS_WITH_AS(model::parse_config(json), doctest::Contains(r.message), Error);
  }
  for (const char* key : {"q_lora_rank", "n_group", "routed_scaling_factor", "first_k_dense_replace", "rms_norm_eps"}) {
    CAPTURE(key);
    Json json = v3();
    json[std::string(key) + "s"] = json.at(key);
    json.erase(key);
    CHECK_THROWS_WITH_AS(model::parse_config(json), doctest::Contains(key), Error);
  }
  Json missing = v3();
  missing.erase("kv_lora_rank");
  CHECK_THROWS_WITH_AS(model::parse_config(missing), doctest::Contains("kv_lora_rank"), Error);
}

// A small one of every family.
static Json family(std::string_view model_type) {
  Json json = Json::object({{"model_type", model_type},
                            {"vocab_size", 32},
                            {"hidden_size", 16},
                            {"intermediate_size", 24},
                            {"num_hidden_layers", 2},
                            {"num_attention_heads", 4},
                            {"num_key_value_heads", 2},
                            {"head_dim", 8},
                            {"max_position_embeddings", 64}});
  if (model_type == "qwen3_moe") {
    json["num_experts"] = 4;
    json["num_experts_per_tok"] = 2;
    json["moe_intermediate_size"] = 8;
    json["norm_topk_prob"] = true;
  }
  if (model_type != "deepseek_v2") return json;
  json = v3();
  json["model_type"] = "deepseek_v2";
  json["scoring_func"] = "softmax";
  json["topk_method"] = "group_limited_greedy";
  json["norm_topk_prob"] = false;
  json.erase("num_nextn_predict_layers");
  return json;
}

TEST_CASE("the family is that of model_type, or of the class where there is none") {
  Json json = Json::parse(family("llama").dump(), "x.json");
  json.erase("model_type");
  CHECK_THROWS_WITH_AS(model::parse_config(json), doctest::Contains("x.json has no key 'model_type'"), Error);
  json["architectures"] = Json::array({"FooForCausalLM"});
  CHECK_THROWS_WITH_AS(model::parse_config(json), doctest::Contains("x.json has no key 'model_type'"), Error);
  json["architectures"] = Json::array({"LlamaForCausalLM"});
  CHECK(model::parse_config(json).architecture == model::Architecture::llama);
  json["model_type"] = 3;
  CHECK_THROWS_WITH_AS(model::parse_config(json), "x.json: model_type is an integer, not a string", Error);
  json["model_type"] = "";
  json.erase("architectures");
  CHECK_THROWS_WITH_AS(model::parse_config(json), doctest::Contains("x.json: model_type is empty"), Error);
}

TEST_CASE("a name that is nothing is refused with the presets there are") {
  CHECK_THROWS_WITH_AS(model::find_config("deepseek-v4"), doctest::Contains("deepseek-v3, v3-tiny, v3-mini"), Error);
}

TEST_CASE("every family's configuration is read and written back the same") {
  for (const model::ArchitectureRow& row : model::architectures()) {
    if (row.id == model::Architecture::deepseek_v3) continue;
    CAPTURE(row.model_type);
    const model::ModelConfig c = model::parse_config(family(row.model_type));
    CHECK(c.architecture == row.id);
    const Json written = model::to_json(c);
    CHECK(written.at("architectures").at(0).as_string() == row.class_name);
    CHECK(model::to_json(model::parse_config(written)) == written);
  }
}

TEST_CASE("biases are where each family has them") {
  const auto biases = [](std::string_view model_type, bool attention_bias) {
    Json json = family(model_type);
    json["attention_bias"] = attention_bias;
    std::string list;
    const model::Blueprint blueprint(model::parse_config(json));
    for (const nn::Parameter& p : blueprint.parameters()) {
      if (p.role == nn::Role::bias && p.name.starts_with("model.layers.0."))
        list += p.name.substr(std::string("model.layers.0.self_attn.").size(), 1);
    }
    return list;
  };
  CHECK(biases("llama", false).empty());
  CHECK(biases("llama", true) == "qkvo");
  CHECK(biases("qwen2", false) == "qkv");
  CHECK(biases("qwen3", true) == "qkvo");
  CHECK(biases("mimo", true) == "qkv");
}

TEST_CASE("what a dense family does not compute is refused by name") {
  struct Row {
    const char* type;
    const char* key;
    Json value;
    const char* message;
  };
  const Row rows[] = {
      {"llama", "mlp_bias", true, "mlp_bias is true"},
      {"qwen3_moe", "use_sliding_window", true, "use_sliding_window is true"},
      {"qwen3", "layer_types", Json::array({"full_attention", "sliding_attention"}), "layer_types[1]"},
      {"llama", "num_key_value_heads", 3, "must be a multiple of num_key_value_heads (3)"},
      {"qwen2", "is_causal", false, "is_causal is false: each token sees those behind it"},
      {"qwen2", "layer_types", Json::array({"full_attention"}), "layer_types names 1 layers of 2"},
      {"llama", "head_dim", 7, "head_dim is 7, it must be even"},
      {"llama", "hidden_act", "gelu", "hidden_act is 'gelu'"},
      {"llama", "rope_scaling", Json::object({{"rope_type", "linear"}, {"factor", 2}}), "'linear'"},
      {"llama", "rope_scaling", Json::object({{"rope_type", "llama3"}, {"factor", 2}}), "low_freq_factor"},
      {"qwen3_moe", "decoder_sparse_step", 2, "decoder_sparse_step is not 1"},
      {"qwen3_moe", "mlp_only_layers", Json::array({0}), "mlp_only_layers names layers"},
      {"deepseek_v2", "norm_topk_prob", true, "norm_topk_prob is true"},
      {"deepseek_v2", "topk_method", "noaux_tc", "topk_method is 'noaux_tc'"},
      {"deepseek_v2", "scoring_func", "sigmoid", "scoring_func is 'sigmoid'"}};
  for (const Row& r : rows) {
    CAPTURE(r.key);
    Json json = family(r.type);
    json[r.key] = r.value;
    CHECK_THROWS_WITH_AS(model::parse_config(json), doctest::Contains(r.message), Error);
  }
  Json qwen = family("qwen3");
  qwen.erase("head_dim");
  CHECK_THROWS_WITH_AS(model::parse_config(qwen), doctest::Contains("head_dim"), Error);
}

TEST_CASE("a null is what transformers takes it for: the word of its own configuration is not meant") {
  Json json = v3();
  CHECK(model::parse_config(json).norm_topk_prob);
  json["norm_topk_prob"] = Json();
  CHECK_FALSE(model::parse_config(json).norm_topk_prob);
  json.erase("norm_topk_prob");
  CHECK(model::parse_config(json).norm_topk_prob);
}

TEST_CASE("biases of the MLPs are refused in every family") {
  for (const model::ArchitectureRow& row : model::architectures()) {
    CAPTURE(row.model_type);
    Json json = row.id == model::Architecture::deepseek_v3 ? v3() : family(row.model_type);
    json["mlp_bias"] = false;
    CHECK_NOTHROW(model::parse_config(json));
    json["mlp_bias"] = true;
    CHECK_THROWS_WITH_AS(model::parse_config(json), doctest::Contains("mlp_bias is true"), Error);
  }
}

TEST_CASE("windows that no layer has are no windows") {
  const auto read = [](const char* type, const char* key, Json value) {
    Json json = family(type);
    json["use_sliding_window"] = true;
    json["sliding_window"] = 8;
    json[key] = std::move(value);
    return model::parse_config(json);
  };
  const char* const refused = "use_sliding_window is true";
  const Json full = Json::array({"full_attention", "full_attention"});
  for (const char* type : {"qwen2", "qwen3"}) {
    CHECK_NOTHROW(read(type, "max_window_layers", 2));  // of two layers
    CHECK_NOTHROW(read(type, "max_window_layers", Json()));
    CHECK_NOTHROW(read(type, "layer_types", full));
    CHECK_NOTHROW(read(type, "sliding_window", Json()));
    CHECK_THROWS_WITH_AS(read(type, "max_window_layers", 1), doctest::Contains(refused), Error);
  }
  CHECK_NOTHROW(read("qwen3_moe", "sliding_window", Json()));
  CHECK_THROWS_WITH_AS(read("qwen3_moe", "max_window_layers", 2), doctest::Contains(refused), Error);
  CHECK_THROWS_WITH_AS(read("qwen3_moe", "layer_types", full), doctest::Contains(refused), Error);
}

TEST_CASE("published configurations are counted exactly or refused by name") {
  if (!tests::has_test_data("configs")) return;
  // Parameters of the main model, by the vendors' own counts and by transformers on a device without memory.
  const std::map<std::string, int64_t> parameters = {{"Qwen_Qwen2.5-0.5B-Instruct", 494'032'768},
                                                     {"Qwen_Qwen2.5-1.5B-Instruct", 1'543'714'304},
                                                     {"Qwen_Qwen3-0.6B", 596'049'920},
                                                     {"Qwen_Qwen3-1.7B", 1'720'574'976},
                                                     {"Qwen_Qwen3-30B-A3B-FP8", 30'532'122'624},
                                                     {"Qwen_Qwen3-30B-A3B", 30'532'122'624},
                                                     {"Qwen_Qwen3-8B", 8'190'735'360},
                                                     {"XiaomiMiMo_MiMo-7B-Base", 7'622'619'136},
                                                     {"deepseek-ai_DeepSeek-R1-Distill-Qwen-1.5B", 1'777'088'000},
                                                     {"deepseek-ai_DeepSeek-R1", 671'026'419'200},
                                                     {"deepseek-ai_DeepSeek-V2-Lite-Chat", 15'706'484'224},
                                                     {"deepseek-ai_DeepSeek-V3", 671'026'419'200},
                                                     {"meta-llama_Llama-3.2-1B-Instruct", 1'235'814'400},
                                                     {"meta-llama_Meta-Llama-3.1-8B", 8'030'261'248},
                                                     {"moonshotai_Kimi-K2-Instruct", 1'026'408'232'448},
                                                     {"nvidia_DeepSeek-V3.1-NVFP4", 671'026'419'200}};
  const std::set<std::string> refused = {"deepseek-ai_DeepSeek-V3.2", "deepseek-ai_DeepSeek-V4-Flash",
                                         "deepseek-ai_DeepSeek-V4-Pro", "openai_gpt-oss-20b", "zai-org_GLM-5"};
  size_t seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(tests::kTestData / "configs")) {
    std::string name = entry.path().filename().string();
    if (!name.ends_with(".config.json")) continue;
    name.resize(name.size() - std::string(".config.json").size());
    CAPTURE(name);
    ++seen;
    if (refused.contains(name)) {
      CHECK_THROWS_WITH_AS(model::read_config(entry.path()), doctest::Contains("is not supported, "), Error);
      continue;
    }
    REQUIRE(parameters.contains(name));
    CHECK(model::count(model::read_config(entry.path())).parameters == parameters.at(name));
  }
  CHECK(seen == parameters.size() + refused.size());
}

TEST_CASE("DeepSeek-V2-Lite has exactly the 5,291 published tensors") {
  if (!tests::has_test_data("configs")) return;
  const auto config = model::read_config(tests::kTestData / "configs/deepseek-ai_DeepSeek-V2-Lite-Chat.config.json");
  const model::Blueprint blueprint(config);
  std::map<std::string, std::string> ours, theirs;  // shapes by name
  for (const model::DiskTensor& t : model::disk_tensors(config, blueprint.parameters())) {
    std::string shape;
    for (int d = 0; d < t.shape.rank(); ++d) shape += (d > 0 ? "x" : "") + std::to_string(t.shape[d]);
    ours[t.name] = shape;
  }
  const std::string table = io::read_file(tests::kTestData / "configs/deepseek-ai_DeepSeek-V2-Lite-Chat.tensors.tsv");
  for (size_t at = table.find('\n') + 1; at < table.size();) {
    const size_t tab = table.find('\t', at), end = table.find('\t', tab + 1);
    theirs[table.substr(at, tab - at)] = table.substr(tab + 1, end - tab - 1);
    at = table.find('\n', end) + 1;
  }
  CHECK(theirs.size() == 5291);
  CHECK(ours == theirs);
}
