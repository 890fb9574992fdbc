#include "millet/model/config_json.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"
#include "millet/model/presets.h"

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
  const Row rows[] = {{"model_type", "llama", "model_type is 'llama'"},
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

TEST_CASE("a name that is nothing is refused with the presets there are") {
  CHECK_THROWS_WITH_AS(model::find_config("deepseek-v4"), doctest::Contains("deepseek-v3, v3-tiny, v3-mini"), Error);
}
