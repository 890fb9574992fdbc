#include "millet/model/directory.h"

#include <cmath>

#include "millet/core/error.h"
#include "millet/io/safetensors.h"
#include "millet/model/config_json.h"
#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;

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
  struct Collect : Log {
    std::string text;
    void write(Level, std::string_view t) override { text += t; }
  } log;
  model::load_weights(folder / "model", plain, parameters, log);
  CHECK(log.text.find("have no place in this model") != std::string::npos);
  CHECK(log.text.find("model.layers.2.") != std::string::npos);
}

TEST_CASE("a directory that is not there, or has no weights, is one clear message") {
  const Folder folder("absent");
  CHECK_THROWS_WITH_AS(model::read_directory_config(folder / "none", Log::silent()),
                       doctest::Contains("no such model directory"), Error);
}
