#include "millet/model/config.h"

#include <cmath>

#include "millet/core/error.h"

namespace millet::model {

nn::RopeTable ModelConfig::rope_table(Device& device, DType dtype) const {
  const int64_t dim = rotary_dim();
  std::vector<double> frequencies = llama3.factor > 1 ? nn::inverse_frequencies(dim, rope_theta, llama3)
                                                      : nn::inverse_frequencies(dim, rope_theta, yarn);
  return {device, dtype, std::move(frequencies), yarn.table_scale(), max_position_embeddings};
}

int64_t ModelConfig::cache_elements() const {
  return has_latent_attention() ? kv_lora_rank + qk_rope_head_dim : 2 * num_key_value_heads * head_dim;
}

static nn::Attention::Dims attention_dims(const ModelConfig& c) {
  const ArchitectureRow& row = row_of(c.architecture);
  if (row.latent_attention) {
    const double head = static_cast<double>(c.qk_nope_head_dim + c.qk_rope_head_dim);
    return nn::MlaDims{.hidden = c.hidden_size,
                       .heads = c.num_attention_heads,
                       .q_lora_rank = c.q_lora_rank,
                       .kv_lora_rank = c.kv_lora_rank,
                       .qk_nope_head_dim = c.qk_nope_head_dim,
                       .qk_rope_head_dim = c.qk_rope_head_dim,
                       .v_head_dim = c.v_head_dim,
                       .softmax_scale = c.yarn.softmax_scale() / std::sqrt(head)};
  }
  return nn::GqaDims{.hidden = c.hidden_size,
                     .heads = c.num_attention_heads,
                     .kv_heads = c.num_key_value_heads,
                     .head_dim = c.head_dim,
                     .qkv_bias = row.always_qkv_bias || (c.attention_bias && row.attention_bias != Bias::never),
                     .output_bias = c.attention_bias && row.attention_bias == Bias::qkv_and_output,
                     .qk_norm = row.qk_norm,
                     .norm_eps = static_cast<float>(c.rms_norm_eps),
                     .softmax_scale = 1 / std::sqrt(static_cast<double>(c.head_dim))};
}

nn::BlockDims ModelConfig::block_dims(int64_t layer) const {
  const bool v3 = row_of(architecture).sigmoid_scores;
  nn::BlockDims dims;
  dims.hidden = hidden_size;
  dims.attention = attention_dims(*this);
  dims.rms_norm_eps = static_cast<float>(rms_norm_eps);
  dims.intermediate = intermediate_size;
  dims.is_moe = is_moe_layer(layer);
  dims.router = {.hidden = hidden_size,
                 .n_routed_experts = n_routed_experts,
                 .num_experts_per_tok = num_experts_per_tok,
                 .correction_bias = v3,
                 .options = {.scoring = v3 ? ops::Scoring::sigmoid : ops::Scoring::softmax,
                             .group_score = v3 ? ops::GroupScore::two_best : ops::GroupScore::best,
                             .n_group = n_group,
                             .topk_group = topk_group,
                             .norm_topk_prob = norm_topk_prob,
                             .routed_scaling_factor = routed_scaling_factor}};
  dims.moe_intermediate = moe_intermediate_size;
  dims.n_shared_experts = n_shared_experts;
  return dims;
}

nn::KvCache::Dims ModelConfig::cache_dims() const {
  if (!has_latent_attention())
    return {.layers = num_hidden_layers, .heads = num_key_value_heads, .key_dim = head_dim, .value_dim = head_dim};
  return {.layers = num_hidden_layers,
          .heads = num_attention_heads,
          .key_dim = qk_nope_head_dim + qk_rope_head_dim,
          .value_dim = v_head_dim};
}

// Largest of each size: far beyond any published model, and small enough that products stay within an int64_t.
static constexpr int64_t kMostLayers = 1'000;
static constexpr int64_t kMostExperts = 1 << 16;
static constexpr int64_t kWidest = 1 << 24;
static constexpr int64_t kLongest = int64_t{1} << 31;
static constexpr double kMostWeights = 1e15;

static void require_size(std::string_view name, int64_t value, int64_t least, int64_t most) {
  require(value >= least, "{} is {}, it must be {}", name, value, least > 0 ? "positive" : "0 or more");
  require(value <= most, "{} is {}, more than any model has: at most {} is supported", name, value, most);
}

static void check_sizes(const ModelConfig& c) {
  require_size("vocab_size", c.vocab_size, 1, kLongest - 1);
  require_size("hidden_size", c.hidden_size, 1, kWidest);
  require_size("num_hidden_layers", c.num_hidden_layers, 1, kMostLayers);
  require_size("num_attention_heads", c.num_attention_heads, 1, kMostExperts);
  if (c.has_latent_attention()) {
    require_size("q_lora_rank", c.q_lora_rank, 0, kWidest);
    require_size("kv_lora_rank", c.kv_lora_rank, 1, kWidest);
    require_size("qk_nope_head_dim", c.qk_nope_head_dim, 1, kMostExperts);
    require_size("qk_rope_head_dim", c.qk_rope_head_dim, 1, kMostExperts);
    require_size("v_head_dim", c.v_head_dim, 1, kMostExperts);
  } else {
    require_size("num_key_value_heads", c.num_key_value_heads, 1, kMostExperts);
    require_size("head_dim", c.head_dim, 1, kMostExperts);
    require(c.num_attention_heads % c.num_key_value_heads == 0,
            "num_attention_heads ({}) must be a multiple of num_key_value_heads ({})", c.num_attention_heads,
            c.num_key_value_heads);
  }
  require_size("max_position_embeddings", c.max_position_embeddings, 1, kLongest);
  require_size("intermediate_size", c.intermediate_size, 0, kWidest);
  require_size("moe_intermediate_size", c.moe_intermediate_size, 0, kWidest);
  require_size("n_routed_experts", c.n_routed_experts, 0, kMostExperts);
  require_size("n_shared_experts", c.n_shared_experts, 0, kMostExperts);
  require_size("num_experts_per_tok", c.num_experts_per_tok, 0, kMostExperts);
  require_size("n_group", c.n_group, 1, kMostExperts);
  require_size("topk_group", c.topk_group, 1, kMostExperts);
  require_size("first_k_dense_replace", c.first_k_dense_replace, 0, kMostLayers);
  require(c.num_nextn_predict_layers >= 0 && c.num_nextn_predict_layers <= 1,
          "num_nextn_predict_layers is {}, a depth of 0 or 1 is supported", c.num_nextn_predict_layers);
}

// An estimate from above, in floating point: what would overflow is to be found, not counted.
static double most_weights(const ModelConfig& c) {
  const auto of = [](int64_t size) { return static_cast<double>(size); };
  const double head = of(c.qk_nope_head_dim) + of(c.qk_rope_head_dim) + of(c.v_head_dim) + 4 * of(c.head_dim);
  const double latents = of(c.hidden_size) + of(c.q_lora_rank) + of(c.kv_lora_rank);
  const double attention = (of(c.num_attention_heads) * head + of(c.hidden_size)) * latents;
  const double experts = of(c.n_routed_experts + c.n_shared_experts) * of(c.moe_intermediate_size);
  const double mlp = 3 * of(c.hidden_size) * (experts + of(c.intermediate_size));
  return of(c.num_hidden_layers + 1) * (attention + mlp) + 4 * of(c.vocab_size) * of(c.hidden_size);
}

static void check_rope(const ModelConfig& c) {
  require(c.rotary_dim() % 2 == 0, "{} is {}, it must be even, it is rotated in pairs",
          c.has_latent_attention() ? "qk_rope_head_dim" : "head_dim", c.rotary_dim());
  require(c.rope_theta > 1 && c.rope_theta <= 1e18, "rope_theta is {}, it must be above 1 and at most 1e18",
          c.rope_theta);
  const nn::Yarn& yarn = c.yarn;
  require(yarn.factor >= 1 && yarn.factor <= 1e6, "the rotary scaling's factor is {}, it must be between 1 and 1e6",
          yarn.factor);
  for (const double scale : {yarn.mscale, yarn.mscale_all_dim, yarn.attention_factor}) {
    require(scale >= 0 && scale <= 1000,
            "mscale, mscale_all_dim and attention_factor are {}, {} and {}: each must be between 0 and 1000",
            yarn.mscale, yarn.mscale_all_dim, yarn.attention_factor);
  }
  const nn::Llama3Scaling& llama3 = c.llama3;
  require(llama3.factor >= 1 && llama3.factor <= 1e6, "the rotary scaling's factor is {}, it must be between 1 and 1e6",
          llama3.factor);
  require(llama3.low_freq_factor > 0 && llama3.high_freq_factor > llama3.low_freq_factor,
          "low_freq_factor is {} and high_freq_factor {}: the first must be positive and the second larger",
          llama3.low_freq_factor, llama3.high_freq_factor);
  if (yarn.factor == 1 && llama3.factor == 1) return;
  const double context =
      yarn.factor > 1 ? yarn.original_max_position_embeddings : llama3.original_max_position_embeddings;
  require(context >= 1 && context <= static_cast<double>(kLongest),
          "original_max_position_embeddings is {}, it must be between 1 and {}", context, kLongest);
  require(yarn.beta_slow > 0 && yarn.beta_slow <= yarn.beta_fast && yarn.beta_fast <= 1e6,
          "beta_fast is {} and beta_slow {}: they count rotations, beta_slow must be positive and beta_fast no less",
          yarn.beta_fast, yarn.beta_slow);
}

static void check_experts(const ModelConfig& c) {
  const int64_t in_group = c.n_routed_experts / c.n_group;
  require(c.moe_intermediate_size > 0, "moe_intermediate_size is {}, it must be positive", c.moe_intermediate_size);
  require(c.n_routed_experts % c.n_group == 0, "n_routed_experts ({}) must be a multiple of n_group ({})",
          c.n_routed_experts, c.n_group);
  require(c.topk_group <= c.n_group, "topk_group is {}, it must be between 1 and n_group ({})", c.topk_group,
          c.n_group);
  require(c.n_group == 1 || in_group >= 2 || !row_of(c.architecture).sigmoid_scores,
          "groups of one expert have no two best scores to add; use n_group = 1 or fewer groups");
  require(c.num_experts_per_tok > 0 && c.num_experts_per_tok <= in_group * c.topk_group,
          "num_experts_per_tok is {}, the {} groups kept hold {} experts", c.num_experts_per_tok, c.topk_group,
          in_group * c.topk_group);
  require(std::abs(c.routed_scaling_factor) <= 1e6, "routed_scaling_factor is {}, it must be between -1e6 and 1e6",
          c.routed_scaling_factor);
}

void ModelConfig::check() const {
  check_sizes(*this);
  require(rms_norm_eps > 0 && rms_norm_eps <= 1, "rms_norm_eps is {}, it must be above 0 and at most 1", rms_norm_eps);
  check_rope(*this);
  bool any_moe = false, any_dense = false;
  for (int64_t layer = 0; layer < num_hidden_layers; ++layer) (is_moe_layer(layer) ? any_moe : any_dense) = true;
  require(!any_dense || intermediate_size > 0, "intermediate_size is {}, the dense layers need one", intermediate_size);
  if (any_moe) check_experts(*this);
  require(
      most_weights(*this) <= kMostWeights,
      "these sizes make a model of about {:.1e} weights, more than {:.0e}: is one of them mistyped? (hidden_size {}, "
      "num_hidden_layers {}, intermediate_size {}, n_routed_experts {} of moe_intermediate_size {})",
      most_weights(*this), kMostWeights, hidden_size, num_hidden_layers, intermediate_size, n_routed_experts,
      moe_intermediate_size);
}

}  // namespace millet::model
