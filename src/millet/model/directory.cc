#include "millet/model/directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <set>

#include "millet/core/error.h"
#include "millet/io/safetensors.h"
#include "millet/model/config_json.h"
#include "millet/model/names.h"
#include "millet/model/stored_tensor.h"

namespace millet::model {

static constexpr std::string_view kEmbedding = "model.embed_tokens.weight";
static constexpr std::string_view kHead = "lm_head.weight";

// A tensor's name in this directory. One that was saved from a model without its head leaves the leading "model." out:
// as in transformers, each name is read in either form.
static std::string stored_name(const io::SafetensorsDirectory& tensors, std::string name) {
  static constexpr std::string_view kBase = "model.";
  if (!name.starts_with(kBase) || tensors.find(name) != nullptr) return name;
  std::string bare = name.substr(kBase.size());
  return tensors.find(bare) != nullptr ? bare : name;
}

static std::vector<float> some_of(const StoredTensor& tensor, int64_t first, int64_t count) {
  std::vector<float> out(static_cast<size_t>(count));
  tensor.read(first, out);
  return out;
}

static bool is_same(const io::SafetensorsDirectory& tensors, const io::SafetensorsEntry& a,
                    const io::SafetensorsEntry& b) {
  if (a.shape != b.shape) return false;
  if (a.dtype == b.dtype && a.dtype != io::SafetensorsDtype::F8_E4M3)
    return a.bytes.empty() || std::memcmp(a.bytes.data(), b.bytes.data(), a.bytes.size()) == 0;
  const StoredTensor left(tensors, a.name, a.shape), right(tensors, b.name, b.shape);
  static constexpr int64_t kAtOnce = 1 << 16;
  for (int64_t i = 0; i < a.elements(); i += kAtOnce) {
    const int64_t count = std::min(kAtOnce, a.elements() - i);
    if (some_of(left, i, count) != some_of(right, i, count)) return false;
  }
  return true;
}

// Does a directory whose config.json ties the head to the embedding hold another head beside it? A copy of the
// embedding is none. As in transformers 5, the tensors then go before the configuration.
static bool has_own_head(const io::SafetensorsDirectory& tensors) {
  const io::SafetensorsEntry* embedding = tensors.find(stored_name(tensors, std::string(kEmbedding)));
  const io::SafetensorsEntry* head = tensors.find(kHead);
  return embedding != nullptr && head != nullptr && !is_same(tensors, *embedding, *head);
}

void refuse_quantised(const io::Json& config) {
  for (const char* key : {"quantization_config", "quantization"}) {  // transformers', MLX's
    const io::Json* how = config.find(key);
    if (how == nullptr || how->is_null()) continue;
    if (how->is_object() && how->size() == 0) continue;
    const std::string method = how->string_or("quant_method", "");
    if (method == "none") continue;
    if (method == "fp8") {
      const io::Json* block = how->find("weight_block_size");
      if (block != nullptr && !block->is_null() && block->as_ints() != std::vector<int64_t>{kScaleBlock, kScaleBlock})
        block->refuse("is {}: FP8 blocks are read that are {} by {}", block->dump(), kScaleBlock, kScaleBlock);
      continue;
    }
    how->refuse("is there{}: of quantised weights only DeepSeek's FP8 blocks can be read, take the original ones",
                method.empty() ? "" : fmt::format(", quant_method is '{}'", method));
  }
}

ModelConfig read_directory_config(const std::filesystem::path& directory, Log& log) {
  require(std::filesystem::is_directory(directory), "{}: there is no such model directory", directory.string());
  const io::Json json = io::read_json(directory / "config.json");
  ModelConfig config = parse_config(json);
  refuse_quantised(json);
  if (io::is_there(directory / "generation_config.json")) {
    const std::vector<int64_t> ends = read_ends(io::read_json(directory / "generation_config.json"));
    if (!ends.empty()) config.eos_token_id = ends;
  }
  if (config.num_nextn_predict_layers == 0 && !config.tie_word_embeddings) return config;
  const auto tensors = io::SafetensorsDirectory::open(directory);
  if (config.tie_word_embeddings && has_own_head(tensors)) {
    log.warn(
        "{}: config.json says tie_word_embeddings = true, but the directory holds a {} that is not the embedding: "
        "loaded as a model with a head of its own",
        directory.string(), kHead);
    config.tie_word_embeddings = false;
  }
  if (config.num_nextn_predict_layers == 0) return config;
  const std::string joins = disk_name(config, fmt::format("model.layers.{}.eh_proj.weight", config.num_hidden_layers));
  if (tensors.find(stored_name(tensors, joins)) == nullptr) {
    log.warn(
        "{}: config.json says num_nextn_predict_layers = {}, but the directory holds no {}: loaded without the second "
        "prediction",
        directory.string(), config.num_nextn_predict_layers, joins);
    config.num_nextn_predict_layers = 0;
  }
  return config;
}

static std::vector<int64_t> sizes(const Shape& shape) {
  std::vector<int64_t> s;
  for (int d = 0; d < shape.rank(); ++d) s.push_back(shape[d]);
  return s;
}

// The tensors on disk of one parameter, in the order of its elements.
struct Piece {
  int64_t offset = 0, elements = 0;  // of the parameter
  StoredTensor tensor;
};

// Elements of a parameter from the pieces that hold them. `tensors` keeps the files mapped.
static auto reader_of(std::shared_ptr<const io::SafetensorsDirectory> tensors, std::vector<Piece> pieces) {
  return [tensors = std::move(tensors), pieces = std::move(pieces)](int64_t first, std::span<float> out) {
    auto piece = std::upper_bound(pieces.begin(), pieces.end(), first,
                                  [](int64_t at, const Piece& p) { return at < p.offset + p.elements; });
    for (size_t done = 0; done < out.size(); ++piece) {
      const int64_t at = first + static_cast<int64_t>(done) - piece->offset;
      const size_t count = std::min(out.size() - done, static_cast<size_t>(piece->elements - at));
      piece->tensor.read(at, out.subspan(done, count));
      done += count;
    }
  };
}

static void fill(Device& device, nn::Parameter& p, const Piece& piece) {
  std::vector<float> values(static_cast<size_t>(piece.elements));
  piece.tensor.read(0, values);
  if (p.name.ends_with("e_score_correction_bias")) {
    const io::SafetensorsEntry& entry = piece.tensor.entry();
    require(std::none_of(values.begin(), values.end(), [](float v) { return std::isnan(v); }),
            "{}: tensor {} holds NaN, experts could not be chosen by it", entry.file, entry.name);
  }
  const Tensor flat = p.value.reshape({p.value.elements()}).slice(0, piece.offset, piece.elements);
  if (flat.dtype() == DType::f64)
    from_host(device, std::vector<double>(values.begin(), values.end()), flat);
  else
    from_host(device, values, flat);
}

static std::string first_names(const std::vector<std::string>& names) {
  const size_t shown = std::min<size_t>(names.size(), 3);
  return fmt::format("{}{}", fmt::join(names.begin(), names.begin() + static_cast<long>(shown), ", "),
                     names.size() > shown ? ", …" : "");
}

void load_weights(const std::filesystem::path& directory, const ModelConfig& config, nn::Parameters& parameters,
                  Log& log) {
  const auto shared = std::make_shared<const io::SafetensorsDirectory>(io::SafetensorsDirectory::open(directory));
  const io::SafetensorsDirectory& tensors = *shared;
  require(!config.tie_word_embeddings || !has_own_head(tensors),
          "{}: {} is not the embedding, and this model has no head of its own", directory.string(), kHead);
  std::set<std::string, std::less<>> known;
  std::map<std::string, std::vector<Piece>> pieces;  // by parameter
  for (const DiskTensor& t : disk_tensors(config, parameters)) {
    std::string name = stored_name(tensors, t.name);
    // Of two that are one, either may be the one that was written.
    if (config.tie_word_embeddings && t.name == kEmbedding && tensors.find(name) == nullptr &&
        tensors.find(kHead) != nullptr)
      name = kHead;
    known.insert(name);
    if (t.is_copy) continue;
    const Piece piece{t.offset, t.shape.elements(), StoredTensor(tensors, name, sizes(t.shape))};
    if (piece.tensor.scale() != nullptr) known.insert(piece.tensor.scale()->name);
    pieces[t.parameter].push_back(piece);
  }
  for (nn::Parameter& p : parameters) {
    std::vector<Piece>& of_p = pieces.at(p.name);
    if (p.value.empty()) {
      p.stored = reader_of(shared, std::move(of_p));
    } else {
      for (const Piece& piece : of_p) fill(parameters.device(), p, piece);
    }
    p.touch();
  }

  std::vector<std::string> strangers, unlisted;
  for (const io::SafetensorsEntry* e : tensors.entries()) {
    const bool is_expected = known.contains(e->name) || e->name.ends_with("rotary_emb.inv_freq") ||
                             (config.tie_word_embeddings && e->name == kHead);
    if (!is_expected) strangers.push_back(e->name);
  }
  for (const io::SafetensorsEntry* e : tensors.unlisted()) {
    if (known.contains(e->name)) unlisted.push_back(e->name);
  }
  if (!strangers.empty()) {
    log.warn("{}: {} tensors have no place in this model and were left out: {}", directory.string(), strangers.size(),
             first_names(strangers));
  }
  if (!unlisted.empty()) {
    log.warn("{}: {} tensors stand in the shards, but not in their index, and were read all the same: {}",
             directory.string(), unlisted.size(), first_names(unlisted));
  }
}

// The nearest BF16, ties to even; NaN stays NaN.
static uint16_t to_bf16(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  if (std::isnan(value)) return static_cast<uint16_t>(bits >> 16 | 0x40U);
  return static_cast<uint16_t>((bits + 0x7FFFU + (bits >> 16 & 1U)) >> 16);
}

static void write_values(io::SafetensorsWriter& writer, const std::string& name, const std::vector<float>& values,
                         WeightFormat format) {
  if (format == WeightFormat::f32) return writer.write(name, values);
  std::vector<uint16_t> rounded(values.size());
  std::transform(values.begin(), values.end(), rounded.begin(), to_bf16);
  writer.write(name, std::as_bytes(std::span(rounded)));
}

// Elements of a parameter as the optimizer has them, or as its files do.
static std::vector<float> elements_of(Device& device, const nn::Parameter& p, int64_t first, int64_t count) {
  if (p.stored) {
    std::vector<float> values(static_cast<size_t>(count));
    p.stored(first, values);
    return values;
  }
  const Tensor& source = p.master.empty() ? p.value : p.master;
  return to_host<float>(device, source.reshape({source.elements()}).slice(0, first, count));
}

static WeightFormat format_of(const DiskTensor& t, WeightFormat format) {
  return t.name.ends_with("e_score_correction_bias") ? WeightFormat::f32 : format;
}

static io::Json with_ends(io::Json generation, const ModelConfig& config) {
  if (config.bos_token_id >= 0) generation["bos_token_id"] = config.bos_token_id;
  if (config.pad_token_id >= 0) generation["pad_token_id"] = config.pad_token_id;
  if (!config.eos_token_id.empty()) {
    generation["eos_token_id"] = config.eos_token_id.size() == 1 ? io::Json(config.eos_token_id.front())
                                                                 : io::Json::array_of(config.eos_token_id);
  }
  return generation;
}

std::string generation_config(const std::filesystem::path& directory, const ModelConfig& config) {
  const std::filesystem::path file = directory / "generation_config.json";
  const bool is_there = !directory.empty() && io::is_there(file);
  return with_ends(is_there ? io::read_json(file) : io::Json::object({{"_from_model_config", true}}), config).pretty();
}

void save_model(io::Commit& commit, const ModelConfig& config, const nn::Parameters& parameters, WeightFormat format,
                const std::function<void(int64_t done, int64_t total)>& on_progress) {
  io::Json json = to_json(config);
  if (format == WeightFormat::bf16) json["torch_dtype"] = "bfloat16";
  commit.write("config.json", json.pretty());
  commit.write("generation_config.json", with_ends(io::Json::object({{"_from_model_config", true}}), config).pretty());

  // Wider elements first: each tensor's place is then a multiple of its element size, as readers want it.
  std::vector<DiskTensor> list = disk_tensors(config, parameters);
  std::stable_partition(list.begin(), list.end(),
                        [&](const DiskTensor& t) { return format_of(t, format) == WeightFormat::f32; });
  std::vector<io::SafetensorsSpec> specs;
  for (const DiskTensor& t : list) {
    const bool f32 = format_of(t, format) == WeightFormat::f32;
    specs.push_back({t.name, f32 ? io::SafetensorsDtype::F32 : io::SafetensorsDtype::BF16, sizes(t.shape)});
  }
  io::SafetensorsWriter writer(commit / "model.safetensors", specs);
  Device& device = parameters.device();
  std::map<std::string_view, const nn::Parameter*> by_name;
  for (const nn::Parameter& p : parameters) by_name[p.name] = &p;
  constexpr int64_t kAtOnce = int64_t{1} << 22;  // elements: no tensor need be twice in memory
  int64_t done = 0, total = 0;
  for (const DiskTensor& t : list) total += t.shape.elements();
  for (const DiskTensor& t : list) {
    const nn::Parameter& p = *by_name.at(t.parameter);
    for (int64_t at = 0; at < t.shape.elements(); at += kAtOnce) {
      const int64_t count = std::min(kAtOnce, t.shape.elements() - at);
      write_values(writer, t.name, elements_of(device, p, t.offset + at, count), format_of(t, format));
      done += count;
      if (on_progress) on_progress(done, total);
    }
  }
  writer.finish();
}

}  // namespace millet::model
