#include "millet/model/directory.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/io/json.h"
#include "millet/io/safetensors.h"
#include "millet/model/config_json.h"
#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;

namespace {

struct Heard : Log {
  std::string text;
  void write(Level, std::string_view t) override { text += t; }
};

}  // namespace

static void save(const std::filesystem::path& dir, const model::ModelConfig& config, const nn::Parameters& parameters) {
  io::Commit commit(dir);
  model::save_model(commit, config, parameters);
  commit.finish();
}

TEST_CASE("a missing tensor, a tensor of another shape and a NaN in a correction bias are refused by name") {
  const Folder folder("directory");
  SmallJob job;
  model::ModelConfig config = job.model.config();
  save(folder / "model", config, job.parameters);

  auto load = [&](const model::ModelConfig& as) {
    nn::Parameters parameters(*job.device, nn::Parameters::Mode::inference);
    const model::Decoder decoder(as, parameters);
    model::load_weights(folder / "model", as, parameters, Log::silent());
  };
  CHECK_NOTHROW(load(config));
  model::ModelConfig deeper = config;
  deeper.num_hidden_layers = 4;
  deeper.num_nextn_predict_layers = 0;
  CHECK_THROWS_WITH_AS(load(deeper), doctest::Contains("model.layers.3."), Error);
  model::ModelConfig wider = config;
  wider.vocab_size += 1;
  CHECK_THROWS_WITH_AS(load(wider), doctest::Contains("model.embed_tokens.weight"), Error);

  nn::Parameter& bias = job.parameters.at("model.layers.1.mlp.gate.e_score_correction_bias");
  from_host(*job.device, std::vector<float>{0, NAN, 0, 0}, bias.value);
  save(folder / "model", config, job.parameters);
  CHECK_THROWS_WITH_AS(load(config), doctest::Contains("e_score_correction_bias holds NaN"), Error);
}

TEST_CASE("tensors without a place are named, not swallowed") {
  const Folder folder("strangers");
  SmallJob job;
  save(folder / "model", job.model.config(), job.parameters);
  model::ModelConfig plain = job.model.config();
  plain.num_nextn_predict_layers = 0;
  nn::Parameters parameters(*job.device, nn::Parameters::Mode::inference);
  const model::Decoder decoder(plain, parameters);
  Heard log;
  model::load_weights(folder / "model", plain, parameters, log);
  CHECK(log.text.find("have no place in this model") != std::string::npos);
  CHECK(log.text.find("model.layers.2.") != std::string::npos);
}

// Logits of one sequence, by a model whose weights are read in this mode.
static std::vector<float> logits_of(const std::filesystem::path& dir, nn::Parameters::Mode mode, Device& device,
                                    nn::Parameters* seen = nullptr) {
  Context ctx(device, 2, Log::silent());
  const model::ModelConfig config = model::read_directory_config(dir, Log::silent());
  nn::Parameters own(device, mode);
  nn::Parameters& parameters = seen != nullptr ? *seen : own;
  model::Decoder decoder(config, parameters);
  model::load_weights(dir, config, parameters, Log::silent());
  const std::vector<int32_t> ids{3, 1, 2};
  Buffer memory(device, 64);
  const Tensor tokens = memory.tensor(DType::i32, {3});
  from_host(device, ids, tokens);
  Buffer places(device, 64);
  const Tensor positions = places.tensor(DType::i32, {3});
  from_host(device, std::vector<int32_t>{0, 1, 2}, positions);
  const std::vector<nn::Segment> segments{{.first_row = 0, .rows = 3}};
  model::Decoder::Pass pass(device);
  decoder.forward(ctx, {.tokens = tokens, .positions = positions, .segments = segments}, pass);
  return to_host<float>(device, pass.logits);
}

namespace {

// A small tied model's directory, to be written otherwise than it was saved.
struct TiedDirectory {
  Folder folder{"tied"};
  std::unique_ptr<Device> device = ops::make_device("cpu");
  model::ModelConfig config;
  std::map<std::string, io::SafetensorsSpec> specs;
  std::map<std::string, std::vector<float>> values;

  TiedDirectory() {
    config.architecture = model::Architecture::llama;
    config.vocab_size = 12;
    config.hidden_size = 8;
    config.intermediate_size = 16;
    config.num_hidden_layers = 1;
    config.num_attention_heads = 2;
    config.num_key_value_heads = 1;
    config.head_dim = 4;
    config.max_position_embeddings = 16;
    config.tie_word_embeddings = true;
    nn::Parameters parameters(*device, nn::Parameters::Mode::training);
    const model::Decoder decoder(config, parameters);
    model::initialise(parameters, 1, {});
    save(path(), config, parameters);
    const io::SafetensorsFile file = io::SafetensorsFile::open(path() / "model.safetensors");
    for (const io::SafetensorsEntry& e : file.entries()) put(e.name, to_f32(e), e.shape);
  }

  std::filesystem::path path() const { return folder / "model"; }
  void put(const std::string& name, std::vector<float> v, std::vector<int64_t> shape) {
    specs[name] = {name, io::SafetensorsDtype::F32, std::move(shape)};
    values[name] = std::move(v);
  }
  void move(const std::string& from, const std::string& to) {
    put(to, values.at(from), specs.at(from).shape);
    values.erase(from);
  }
  void write(const std::string& file = "model.safetensors") const {
    std::vector<io::SafetensorsSpec> list;
    for (const auto& [name, v] : values) list.push_back(specs.at(name));
    io::SafetensorsWriter writer(path() / file, list);
    for (const auto& [name, v] : values) writer.write(name, v);
    writer.finish();
  }
};

}  // namespace

TEST_CASE("a tied model with another head in its directory is not tied, with a copy of the embedding it is") {
  TiedDirectory d;
  const auto tied = logits_of(d.path(), nn::Parameters::Mode::mapped, *d.device);
  std::vector<float> head = d.values.at("model.embed_tokens.weight");
  d.put("lm_head.weight", head, {12, 8});
  d.write();
  Heard log;
  CHECK(model::read_directory_config(d.path(), log).tie_word_embeddings);
  CHECK(log.text.empty());
  CHECK(logits_of(d.path(), nn::Parameters::Mode::mapped, *d.device) == tied);

  head.back() += 1;
  d.put("lm_head.weight", head, {12, 8});
  d.write();
  CHECK_FALSE(model::read_directory_config(d.path(), log).tie_word_embeddings);
  CHECK(log.text.find("a lm_head.weight that is not the embedding") != std::string::npos);
  const auto own = logits_of(d.path(), nn::Parameters::Mode::mapped, *d.device);
  REQUIRE(own.size() == tied.size());
  for (size_t i = 0; i < own.size(); ++i) CHECK((own[i] == tied[i]) == (i % 12 != 11));
  // Who ties them nevertheless is not given the one for the other.
  nn::Parameters parameters(*d.device, nn::Parameters::Mode::inference);
  const model::Decoder decoder(d.config, parameters);
  CHECK_THROWS_WITH_AS(model::load_weights(d.path(), d.config, parameters, Log::silent()),
                       doctest::Contains("lm_head.weight is not the embedding"), Error);
}

TEST_CASE("quantised weights are refused by the method that config.json names, FP8 blocks are not") {
  const TiedDirectory d;
  const std::string file = (d.path() / "config.json").string();
  const io::Json plain = io::read_json(file);
  const auto with = [&](const char* key, io::Json value) {
    io::Json json = plain;
    json[key] = std::move(value);
    io::write_file_atomically(file, json.pretty());
    return model::read_directory_config(d.path(), Log::silent());
  };
  CHECK_NOTHROW(with("quantization_config", io::Json::object({{"quant_method", "fp8"}})));
  CHECK_NOTHROW(with("quantization_config", io::Json()));
  CHECK_THROWS_WITH_AS(with("quantization_config", io::Json::object({{"quant_method", "gptq"}, {"bits", 4}})),
                       doctest::Contains("config.json: quantization_config is there, quant_method is 'gptq': of "
                                         "quantised weights only"),
                       Error);
  CHECK_THROWS_WITH_AS(with("quantization", io::Json::object({{"group_size", 64}, {"bits", 4}})),
                       doctest::Contains("config.json: quantization is there: of quantised"), Error);
}

TEST_CASE("of a tied pair the head alone is enough") {
  TiedDirectory d;
  const auto tied = logits_of(d.path(), nn::Parameters::Mode::mapped, *d.device);
  d.move("model.embed_tokens.weight", "lm_head.weight");
  d.write();
  CHECK(logits_of(d.path(), nn::Parameters::Mode::mapped, *d.device) == tied);
}

TEST_CASE("names without the leading 'model.' are read") {
  TiedDirectory d;
  const auto tied = logits_of(d.path(), nn::Parameters::Mode::mapped, *d.device);
  std::vector<std::string> names;
  for (const auto& [name, v] : d.values) names.push_back(name);
  for (const std::string& name : names) d.move(name, name.substr(std::string("model.").size()));
  d.write();
  CHECK(logits_of(d.path(), nn::Parameters::Mode::mapped, *d.device) == tied);
}

TEST_CASE("a tensor that the index of the shards forgot is read, and named") {
  TiedDirectory d;
  const auto tied = logits_of(d.path(), nn::Parameters::Mode::mapped, *d.device);
  d.put("forgotten", {1}, {1});
  d.write("shard.safetensors");
  std::filesystem::remove(d.path() / "model.safetensors");
  io::Json index = io::Json::object({{"weight_map", io::Json::object()}});
  for (const auto& [name, v] : d.values) {
    if (name != "forgotten" && name != "model.norm.weight") index["weight_map"][name] = "shard.safetensors";
  }
  io::write_file_atomically(d.path() / "model.safetensors.index.json", index.dump());
  CHECK(logits_of(d.path(), nn::Parameters::Mode::mapped, *d.device) == tied);
  Heard log;
  nn::Parameters parameters(*d.device, nn::Parameters::Mode::inference);
  const model::Decoder decoder(d.config, parameters);
  model::load_weights(d.path(), d.config, parameters, log);
  CHECK(log.text.find("1 tensors have no place in this model and were left out: forgotten") != std::string::npos);
  CHECK(log.text.find("1 tensors stand in the shards, but not in their index, and were read all the same: "
                      "model.norm.weight") != std::string::npos);
}

TEST_CASE("weights left in their files give the same bits as weights in memory, on every device") {
  const std::filesystem::path golden = std::filesystem::path(MILLET_SOURCE_DIR) / "tests/golden";
  for (const char* name : {"families/llama", "families/qwen2", "families/qwen3_moe", "deepseek_v3/q_lora_groups"}) {
    for (const char* where : {"cpu", "reference", "fence"}) {
      CAPTURE(name);
      CAPTURE(where);
      const auto device = ops::make_device(where);
      const auto in_memory = logits_of(golden / name, nn::Parameters::Mode::inference, *device);
      CHECK(logits_of(golden / name, nn::Parameters::Mode::mapped, *device) == in_memory);
    }
  }
}

TEST_CASE("an expert that no token chose is never read, another one once") {
  const std::filesystem::path dir = std::filesystem::path(MILLET_SOURCE_DIR) / "tests/golden/families/qwen3_moe";
  const auto device = ops::make_device("cpu");
  Context ctx(*device, 1, Log::silent());
  const model::ModelConfig config = model::read_directory_config(dir, Log::silent());
  nn::Parameters parameters(*device, nn::Parameters::Mode::mapped);
  model::Decoder decoder(config, parameters);
  model::load_weights(dir, config, parameters, Log::silent());
  nn::Parameter& experts = parameters.at("model.layers.0.mlp.experts.down_proj.weight");
  std::vector<int> reads(8);
  experts.stored = [&, read = experts.stored](int64_t first, std::span<float> out) {
    reads[static_cast<size_t>(first / (experts.shape[1] * experts.shape[2]))] += static_cast<int>(out.size());
    read(first, out);
  };
  Buffer memory(*device, 64);
  const Tensor token = memory.tensor(DType::i32, {1});
  Buffer place(*device, 64);
  const Tensor position = place.tensor(DType::i32, {1});
  const std::vector<nn::Segment> one{{.first_row = 0, .rows = 1}};
  model::Decoder::Pass pass(*device);
  for (int round = 0; round < 3; ++round) {
    from_host(*device, std::vector<int32_t>{7}, token);
    decoder.forward(ctx, {.tokens = token, .positions = position, .segments = one}, pass);
  }
  const auto whole = static_cast<int>(experts.shape[1] * experts.shape[2]);
  CHECK(std::count(reads.begin(), reads.end(), whole) == 3);  // the token's three, whatever it is asked again
  CHECK(std::count(reads.begin(), reads.end(), 0) == 5);
}

TEST_CASE("a model written in BF16 is read back as its weights rounded to the nearest, correction biases whole") {
  const Folder folder("bf16");
  SmallJob job;
  const model::ModelConfig config = job.model.config();
  nn::Parameter& bias = job.parameters.at("model.layers.1.mlp.gate.e_score_correction_bias");
  from_host(*job.device, std::vector<float>{0.1F, 0.2F, 0.3F, 0.4F}, bias.value);
  nn::Parameter& norm = job.parameters.at("model.norm.weight");
  std::vector<float> ties = to_host<float>(*job.device, norm.value);
  ties[0] = 1.00390625F;  // halfway between 1 and 1.0078125: to even, 1
  ties[1] = 1.01171875F;  // halfway: to even, 1.015625
  ties[2] = 1.00390637F;  // above halfway
  from_host(*job.device, ties, norm.value);
  io::Commit commit(folder / "model");
  model::save_model(commit, config, job.parameters, model::WeightFormat::bf16);
  commit.finish();
  nn::Parameters back(*job.device, nn::Parameters::Mode::inference);
  const model::Decoder decoder(config, back);
  model::load_weights(folder / "model", config, back, Log::silent());
  const auto read = to_host<float>(*job.device, back.at("model.norm.weight").value);
  CHECK(read[0] == 1);
  CHECK(read[1] == 1.015625F);
  CHECK(read[2] == 1.0078125F);
  CHECK(to_host<float>(*job.device, back.at(bias.name).value) == std::vector<float>{0.1F, 0.2F, 0.3F, 0.4F});
}

TEST_CASE("a directory that is not there, or has no weights, is one clear message") {
  const Folder folder("absent");
  CHECK_THROWS_WITH_AS(model::read_directory_config(folder / "none", Log::silent()),
                       doctest::Contains("no such model directory"), Error);
}
