// The published families of models that one decoder serves, a row each: how config.json calls them, and what sets them
// apart. And those that are known and not supported, with the reason.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace millet::model {

enum class Architecture : uint8_t { deepseek_v3, deepseek_v2, llama, qwen2, qwen3, qwen3_moe, mimo };

enum class Bias : uint8_t { never, qkv, qkv_and_output };

struct ArchitectureRow {
  Architecture id;
  std::string_view model_type;        // of config.json
  std::string_view class_name;        // `architectures` of config.json: transformers' class
  bool latent_attention = false;      // MLA; else grouped-query attention
  bool experts = false;               // has routed experts, by its own keys
  bool sigmoid_scores = false;        // V3's router with its correction bias; else a softmax without
  bool always_qkv_bias = false;       // whatever attention_bias says
  Bias attention_bias = Bias::never;  // what attention_bias = true adds
  bool qk_norm = false;               // norms of each head's queries and keys
};

const ArchitectureRow& row_of(Architecture architecture);
std::span<const ArchitectureRow> architectures();

// The family that a config.json's model_type names; Kimi-K2 is V3's. Throws Error with the reason where it is known and
// not supported, with the list of those that are otherwise.
Architecture find_architecture(std::string_view model_type);

}  // namespace millet::model
