// millet info MODEL: what a model is.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "millet/cli/command.h"
#include "millet/cli/session.h"
#include "millet/core/error.h"
#include "millet/data/config.h"
#include "millet/io/file.h"
#include "millet/io/json.h"
#include "millet/io/safetensors.h"
#include "millet/model/config_json.h"
#include "millet/model/cost.h"
#include "millet/model/directory.h"
#include "millet/model/presets.h"

namespace millet::cli {

// The directory of a name that is neither a preset nor a config.json.
static std::optional<std::filesystem::path> directory_of(const std::string& name) {
  if (model::find_preset(name) != nullptr || !std::filesystem::is_directory(name)) return std::nullopt;
  return find_model(name, Log::silent());
}

// 671026419200 → "671,026,419,200".
static std::string grouped(int64_t n) {
  std::string digits = std::to_string(n);
  for (int64_t at = static_cast<int64_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<size_t>(at), ",");
  return digits;
}

// The weights that lie beside a configuration, by their headers.
struct Weights {
  int64_t files = 0, tensors = 0, bytes = 0;
  std::map<std::string, int64_t> types;  // how many tensors of each
  std::string unreadable;                // why they can't be loaded; "": they can, as far as headers say
};

static std::optional<Weights> weights_in(const std::filesystem::path& directory) {
  if (!io::is_there(directory / "model.safetensors") && !io::is_there(directory / "model.safetensors.index.json"))
    return std::nullopt;
  Weights w;
  try {
    const auto tensors = io::SafetensorsDirectory::open(directory);
    w.files = std::ssize(tensors.files());
    w.tensors = std::ssize(tensors.entries());
    for (const io::SafetensorsEntry* e : tensors.entries()) {
      ++w.types[std::string(io::name_of(e->dtype))];
      w.bytes += std::ssize(e->bytes);
    }
    model::refuse_quantised(io::read_json(directory / "config.json"));
  } catch (const Error& e) {
    w.unreadable = e.what();
  }
  return w;
}

static io::Json to_json(const Weights& w) {
  io::Json types = io::Json::object();
  for (const auto& [type, count] : w.types) types[type] = count;
  io::Json json =
      io::Json::object({{"files", w.files}, {"tensors", w.tensors}, {"bytes", w.bytes}, {"types", std::move(types)}});
  if (!w.unreadable.empty()) json["unreadable"] = w.unreadable;
  return json;
}

static void print(const Weights& w) {
  std::vector<std::string> types;
  for (const auto& [type, count] : w.types) types.push_back(fmt::format("{} {}", count, type));
  fmt::print("weights    {} tensors in {} file{}, {} bytes: {}\n", w.tensors, w.files, w.files == 1 ? "" : "s",
             grouped(w.bytes), fmt::join(types, ", "));
  if (!w.unreadable.empty()) fmt::print("           cannot be loaded: {}\n", w.unreadable);
}

// What a preset leaves to the run that trains it, so that it can be counted before there is one.
struct Assumed {
  bool vocabulary = false;  // the tokenizer's, which depends on the text: that of bytes takes any text
  bool positions = false;   // the length of the examples: what data.context is unless set
};

static Assumed fill(model::ModelConfig& c) {
  const Assumed assumed{.vocabulary = c.vocab_size == 0, .positions = c.max_position_embeddings == 0};
  model::fill_open_sizes(c, model::kBytesVocabulary, data::Config{}.context);
  return assumed;
}

static io::Json to_json(const Assumed& assumed, const model::ModelConfig& c) {
  io::Json json = io::Json::object();
  if (assumed.vocabulary) json["vocab_size"] = c.vocab_size;
  if (assumed.positions) json["max_position_embeddings"] = c.max_position_embeddings;
  return json;
}

static std::string attention_line(const model::ModelConfig& c) {
  if (c.has_latent_attention()) {
    return fmt::format("{} heads, latents q {} kv {}, head {} + {} rotary, value {}", c.num_attention_heads,
                       c.q_lora_rank > 0 ? std::to_string(c.q_lora_rank) : "none", c.kv_lora_rank, c.qk_nope_head_dim,
                       c.qk_rope_head_dim, c.v_head_dim);
  }
  const auto dims = std::get<nn::GqaDims>(c.block_dims(0).attention);
  return fmt::format("{} heads of {} in {} groups{}{}", dims.heads, dims.head_dim, dims.kv_heads,
                     dims.qkv_bias ? ", biases" : "", dims.qk_norm ? ", norms of queries and keys" : "");
}

static std::string scaling_of(const model::ModelConfig& c) {
  if (c.yarn.factor > 1)
    return fmt::format(", YaRN x {} over {:.0f}", c.yarn.factor, c.yarn.original_max_position_embeddings);
  if (c.llama3.factor > 1)
    return fmt::format(", Llama 3's scaling x {} over {:.0f}", c.llama3.factor,
                       c.llama3.original_max_position_embeddings);
  return "";
}

static int run_info(const Arguments& args) {
  const std::string name = args.text("MODEL");
  const std::optional<std::filesystem::path> directory = directory_of(name);
  model::ModelConfig c = model::find_config(directory ? directory->string() : name);
  const std::optional<Weights> weights = directory ? weights_in(*directory) : std::nullopt;
  const Assumed assumed = fill(c);
  const model::Count n = model::count(c);
  // Attention's part grows with the context: no longer one is counted than the model has positions for.
  const int64_t context = std::min<int64_t>(4096, c.max_position_embeddings);
  const double forward = model::forward_flops(c, context, context, false) / static_cast<double>(context);
  if (args.json()) {
    io::Json json = io::Json::object({{"architecture", model::row_of(c.architecture).class_name},
                                      {"model_type", model::row_of(c.architecture).model_type},
                                      {"parameters", n.parameters},
                                      {"active_parameters", n.active},
                                      {"active_parameters_without_embedding", n.active - n.embedding},
                                      {"mtp_parameters", n.mtp},
                                      {"correction_biases", n.correction_biases},
                                      {"cache_bytes_per_token", n.cache_bytes_bf16},
                                      {"forward_flops_per_token", forward},
                                      {"forward_context", context},
                                      {"assumed", to_json(assumed, c)},
                                      {"config", model::to_json(c)}});
    if (weights) json["weights"] = to_json(*weights);
    fmt::print("{}", json.pretty());
    return 0;
  }
  fmt::print("{}\n\n", name);
  fmt::print("parameters         {:>17}   main model\n", grouped(n.parameters));
  fmt::print("active a token     {:>17}   embedding table included, {} without\n", grouped(n.active),
             grouped(n.active - n.embedding));
  if (c.num_nextn_predict_layers > 0)
    fmt::print("second prediction  {:>17}   embedding and head shared\n", grouped(n.mtp));
  if (n.correction_biases > 0)
    fmt::print("correction biases  {:>17}   of all these, moved by hand\n", grouped(n.correction_biases));
  fmt::print("cache              {:>17}   bytes a token in BF16: {}\n", grouped(n.cache_bytes_bf16),
             c.has_latent_attention() ? "the latent and the rotary key" : "keys and values of the groups");
  fmt::print("forward            {:>17.4g}   operations a token at {} tokens of context\n\n", forward,
             grouped(context));

  fmt::print("family     {} ({})\n", model::row_of(c.architecture).model_type,
             model::row_of(c.architecture).class_name);
  const int64_t dense = c.n_routed_experts > 0 ? c.first_k_dense_replace : c.num_hidden_layers;
  fmt::print("layers     {} ({} dense), hidden {}\n", c.num_hidden_layers, std::min(dense, c.num_hidden_layers),
             c.hidden_size);
  fmt::print("vocabulary {}{}\n", c.vocab_size,
             assumed.vocabulary ? " (a tokenizer's of bytes: this preset takes that of your text)" : "");
  fmt::print("attention  {}\n", attention_line(c));
  if (c.n_routed_experts > 0) {
    fmt::print("experts    {} routed of {}, {} active, {} shared; {} of {} groups; gates x {}\n", c.n_routed_experts,
               c.moe_intermediate_size, c.num_experts_per_tok, c.n_shared_experts, c.topk_group, c.n_group,
               c.routed_scaling_factor);
  }
  fmt::print("positions  {}{}{}\n", c.max_position_embeddings,
             assumed.positions ? " (data.context unless set: this preset takes as many as your examples have)" : "",
             scaling_of(c));
  if (weights) print(*weights);
  return 0;
}

extern const Command info_command;
const Command info_command{.name = "info",
                           .summary = "what a model is: parameters, bytes of cache, operations",
                           .positionals = {{"MODEL", "a preset, a config.json, a model directory or a run"}},
                           .options = {option::json},
                           .examples = {"millet info deepseek-v3", "millet info runs/demo/rl --json"},
                           .run = run_info};

}  // namespace millet::cli
