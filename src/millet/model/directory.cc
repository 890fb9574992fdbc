#include "millet/model/directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "millet/core/error.h"
#include "millet/io/safetensors.h"
#include "millet/model/config_json.h"
#include "millet/model/names.h"

namespace millet::model {

static std::string mtp_prefix(const ModelConfig& config) {
  return fmt::format("model.layers.{}.", config.num_hidden_layers);
}

ModelConfig read_directory_config(const std::filesystem::path& directory, Log& log) {
  require(std::filesystem::is_directory(directory), "{}: there is no such model directory", directory.string());
  ModelConfig config = read_config(directory / "config.json");
  if (config.num_nextn_predict_layers == 0) return config;
  const auto tensors = io::SafetensorsDirectory::open(directory);
  if (tensors.find(mtp_prefix(config) + "eh_proj.weight") == nullptr) {
    log.warn(
        "{}: config.json says num_nextn_predict_layers = {}, but the directory holds no {}* tensors: loaded without "
        "the "
        "second prediction",
        directory.string(), config.num_nextn_predict_layers, mtp_prefix(config));
    config.num_nextn_predict_layers = 0;
  }
  return config;
}

static std::vector<int64_t> sizes(const Shape& shape) {
  std::vector<int64_t> s;
  for (int d = 0; d < shape.rank(); ++d) s.push_back(shape[d]);
  return s;
}

void load_weights(const std::filesystem::path& directory, const ModelConfig& config, nn::Parameters& parameters,
                  Log& log) {
  const auto tensors = io::SafetensorsDirectory::open(directory);
  std::set<std::string, std::less<>> known;
  Device& device = parameters.device();
  for (const DiskTensor& t : disk_tensors(config, parameters)) {
    known.insert(t.name);
    if (t.is_copy) continue;
    const io::SafetensorsEntry& entry = tensors.at(t.name);
    entry.require_shape(sizes(t.shape));
    const std::vector<float> values = io::to_f32(entry);
    if (t.name.ends_with("e_score_correction_bias")) {
      require(std::none_of(values.begin(), values.end(), [](float v) { return std::isnan(v); }),
              "{}: tensor {} holds NaN, experts could not be chosen by it", entry.file, t.name);
    }
    nn::Parameter& p = parameters.at(t.parameter);
    const Tensor flat = p.value.reshape({p.value.elements()}).slice(0, t.offset, t.shape.elements());
    if (flat.dtype() == DType::f64)
      from_host(device, std::vector<double>(values.begin(), values.end()), flat);
    else
      from_host(device, values, flat);
    p.touch();
  }

  std::vector<std::string> strangers;
  for (const io::SafetensorsEntry* e : tensors.entries()) {
    const bool is_expected = known.contains(e->name) || e->name.ends_with("rotary_emb.inv_freq") ||
                             (config.tie_word_embeddings && e->name == "lm_head.weight");
    if (!is_expected) strangers.push_back(e->name);
  }
  if (!strangers.empty()) {
    const size_t shown = std::min<size_t>(strangers.size(), 3);
    log.warn("{}: {} tensors have no place in this model and were left out: {}{}", directory.string(), strangers.size(),
             fmt::join(strangers.begin(), strangers.begin() + static_cast<long>(shown), ", "),
             strangers.size() > shown ? ", …" : "");
  }
}

void save_model(io::Commit& commit, const ModelConfig& config, const nn::Parameters& parameters) {
  commit.write("config.json", to_json(config).pretty());
  io::Json generation = io::Json::object({{"_from_model_config", true}});
  if (config.bos_token_id >= 0) generation["bos_token_id"] = config.bos_token_id;
  if (!config.eos_token_id.empty()) {
    generation["eos_token_id"] = config.eos_token_id.size() == 1 ? io::Json(config.eos_token_id.front())
                                                                 : io::Json::array_of(config.eos_token_id);
  }
  commit.write("generation_config.json", generation.pretty());

  const std::vector<DiskTensor> list = disk_tensors(config, parameters);
  std::vector<io::SafetensorsSpec> specs;
  for (const DiskTensor& t : list) specs.push_back({t.name, io::SafetensorsDtype::F32, sizes(t.shape)});
  io::SafetensorsWriter writer(commit / "model.safetensors", specs);
  Device& device = parameters.device();
  for (const DiskTensor& t : list) {
    const nn::Parameter* parameter = nullptr;
    for (const nn::Parameter& p : parameters) {
      if (p.name == t.parameter) parameter = &p;
    }
    const Tensor& source = parameter->master.empty() ? parameter->value : parameter->master;
    const Tensor flat = source.reshape({source.elements()}).slice(0, t.offset, t.shape.elements());
    writer.write(t.name, to_host<float>(device, flat));
  }
  writer.finish();
}

}  // namespace millet::model
