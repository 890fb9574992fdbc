#include "millet/model/architecture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "millet/core/error.h"

namespace millet::model {

static constexpr auto kRows = std::to_array<ArchitectureRow>({
    {.id = Architecture::deepseek_v3,
     .model_type = "deepseek_v3",
     .class_name = "DeepseekV3ForCausalLM",
     .latent_attention = true,
     .experts = true,
     .sigmoid_scores = true},
    {.id = Architecture::deepseek_v2,
     .model_type = "deepseek_v2",
     .class_name = "DeepseekV2ForCausalLM",
     .latent_attention = true,
     .experts = true},
    {.id = Architecture::llama,
     .model_type = "llama",
     .class_name = "LlamaForCausalLM",
     .attention_bias = Bias::qkv_and_output},
    {.id = Architecture::qwen2, .model_type = "qwen2", .class_name = "Qwen2ForCausalLM", .always_qkv_bias = true},
    {.id = Architecture::qwen3,
     .model_type = "qwen3",
     .class_name = "Qwen3ForCausalLM",
     .attention_bias = Bias::qkv_and_output,
     .qk_norm = true},
    {.id = Architecture::qwen3_moe,
     .model_type = "qwen3_moe",
     .class_name = "Qwen3MoeForCausalLM",
     .experts = true,
     .attention_bias = Bias::qkv_and_output,
     .qk_norm = true},
    {.id = Architecture::mimo, .model_type = "mimo", .class_name = "MiMoForCausalLM", .attention_bias = Bias::qkv},
});

struct Unsupported {
  std::string_view model_type;
  std::string_view name;
  std::string_view reason;
};

static constexpr auto kUnsupported = std::to_array<Unsupported>({
    {"deepseek_v32", "DeepSeek-V3.2", "its sparse attention chooses keys by an indexer of its own"},
    {"deepseek_v4", "DeepSeek-V4", "its compressed attention, hyper-connections and hashed layers are another model"},
    {"glm_moe_dsa", "GLM-5", "its sparse attention chooses keys by an indexer of its own"},
    {"gpt_oss", "gpt-oss", "its attention sinks, sliding windows and clipped experts are another model"},
    {"qwen2_moe", "Qwen2-MoE", "its shared expert has a gate of its own"},
    {"mixtral", "Mixtral", "its experts have other names and its router another order"},
    {"mistral", "Mistral", "its attention has a sliding window"},
    {"gemma2", "Gemma 2", "its soft-capped scores and other norms are another model"},
});

const ArchitectureRow& row_of(Architecture architecture) {
  return kRows[static_cast<size_t>(architecture)];
}

std::span<const ArchitectureRow> architectures() {
  return kRows;
}

Architecture find_architecture(std::string_view model_type) {
  if (model_type == "kimi_k2") return Architecture::deepseek_v3;
  for (const ArchitectureRow& row : kRows) {
    if (row.model_type == model_type) return row.id;
  }
  for (const Unsupported& u : kUnsupported)
    require(u.model_type != model_type, "model_type is '{}': {} is not supported, {}", model_type, u.name, u.reason);
  std::vector<std::string_view> known;
  for (const ArchitectureRow& row : kRows) known.push_back(row.model_type);
  fail("model_type is '{}': supported are {} and kimi_k2", model_type, fmt::join(known, ", "));
}

}  // namespace millet::model
