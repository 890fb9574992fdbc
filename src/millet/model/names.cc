#include "millet/model/names.h"

#include <fmt/core.h>

#include <utility>

namespace millet::model {

// "….gate_up_proj.weight" holds gate and up of one SwiGLU [2I, H] or of E experts [E, 2I, H].
static void split(const nn::Parameter& p, std::vector<DiskTensor>& list) {
  const std::string_view name = p.name;
  const size_t experts_at = name.find(".experts.");
  const bool is_stack = experts_at != std::string_view::npos && p.shape.rank() == 3;
  const size_t last = name.rfind('.', name.size() - sizeof(".weight"));
  const std::string_view projection = name.substr(last + 1, name.size() - last - sizeof(".weight"));

  const int64_t stack = is_stack ? p.shape[0] : 1;
  const int64_t rows = p.shape[-2], columns = p.shape[-1];
  for (int64_t e = 0; e < stack; ++e) {
    const std::string prefix =
        is_stack ? fmt::format("{}.experts.{}.", name.substr(0, experts_at), e) : std::string(name.substr(0, last + 1));
    const int64_t offset = e * rows * columns;
    if (projection == "gate_up_proj") {
      const Shape half{rows / 2, columns};
      list.push_back({prefix + "gate_proj.weight", half, p.name, offset});
      list.push_back({prefix + "up_proj.weight", half, p.name, offset + half.elements()});
    } else {
      list.push_back({fmt::format("{}{}.weight", prefix, projection), {rows, columns}, p.name, offset});
    }
  }
}

// MiMo's second prediction: its pieces are DeepSeek's, under names of its own, and it shares embedding and head without
// copies of them.
static constexpr std::pair<std::string_view, std::string_view> kMimoPieces[] = {
    {"enorm", "token_layernorm"},
    {"hnorm", "hidden_layernorm"},
    {"eh_proj", "input_proj"},
    {"shared_head.norm", "final_layernorm"},
};

std::string disk_name(const ModelConfig& config, std::string_view parameter) {
  const std::string prefix = fmt::format("model.layers.{}.", config.num_hidden_layers);
  if (config.architecture != Architecture::mimo || !parameter.starts_with(prefix)) return std::string(parameter);
  std::string_view rest = parameter.substr(prefix.size());
  for (const auto& [ours, theirs] : kMimoPieces) {
    if (rest.starts_with(ours) && rest.substr(ours.size()) == ".weight")
      return fmt::format("model.mtp_layers.0.{}.weight", theirs);
  }
  return fmt::format("model.mtp_layers.0.{}", rest);
}

std::vector<DiskTensor> disk_tensors(const ModelConfig& config, const nn::Parameters& parameters) {
  std::vector<DiskTensor> list;
  const nn::Parameter* embedding = nullptr;
  const nn::Parameter* head = nullptr;
  for (const nn::Parameter& p : parameters) {
    if (p.role == nn::Role::embedding) embedding = &p;
    if (p.role == nn::Role::head) head = &p;
    if (p.matrices > 1 || p.shape.rank() == 3)
      split(p, list);
    else
      list.push_back({p.name, p.shape, p.name, 0});
  }
  for (DiskTensor& t : list) t.name = disk_name(config, t.name);
  if (config.num_nextn_predict_layers > 0 && config.architecture == Architecture::deepseek_v3) {
    const std::string layer = fmt::format("model.layers.{}", config.num_hidden_layers);
    const nn::Parameter* output = head != nullptr ? head : embedding;
    list.push_back({layer + ".embed_tokens.weight", embedding->shape, embedding->name, 0, true});
    list.push_back({layer + ".shared_head.head.weight", output->shape, output->name, 0, true});
  }
  return list;
}

}  // namespace millet::model
