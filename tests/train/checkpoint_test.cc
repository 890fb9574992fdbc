#include "millet/train/checkpoint.h"

#include "millet/core/error.h"
#include "millet/model/directory.h"
#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("a checkpoint is a Hugging Face directory, and a run stands for its newest") {
  const Folder folder("checkpoint");
  SmallJob job;
  train::PretrainConfig config = small_training();
  config.keep_checkpoints = 2;
  job.pretrain(config, folder / "run");
  const auto newest = train::find_model(folder / "run", Log::silent());
  CHECK(newest.filename() == "checkpoint-8");
  for (const char* file : {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json",
                           "generation_config.json", "optimizer.safetensors", "state.json"}) {
    CAPTURE(file);
    CHECK(std::filesystem::exists(newest / file));
  }
  CHECK_FALSE(std::filesystem::exists(folder / "run/checkpoint-4"));  // only two are kept
  CHECK(train::find_model(newest, Log::silent()) == newest);

  SmallJob other;
  model::initialise(other.parameters, 5, {.layers = 2});
  model::load_weights(newest, other.model.config(), other.parameters, Log::silent());
  CHECK(other.weights() == job.weights());
}

TEST_CASE("every n-th checkpoint stays for good beside the newest") {
  const Folder folder("retention");
  SmallJob job;
  train::PretrainConfig config = small_training();
  config.steps = 7;
  config.checkpoint_every = 1;
  config.keep_checkpoints = 1;
  config.keep_every = 3;
  job.pretrain(config, folder / "run");
  for (int step = 1; step <= 7; ++step) {
    CAPTURE(step);
    CHECK(std::filesystem::exists(folder / ("run/checkpoint-" + std::to_string(step))) ==
          (step == 3 || step == 6 || step == 7));
  }
}

TEST_CASE("what is neither model nor run is refused by its path") {
  const Folder folder("no-model");
  CHECK_THROWS_WITH_AS(train::find_model(folder / "absent", Log::silent()),
                       doctest::Contains("there is no such model or run"), Error);
  std::filesystem::create_directories(folder / "empty");
  CHECK_THROWS_WITH_AS(train::find_model(folder / "empty", Log::silent()),
                       doctest::Contains("neither a model directory"), Error);
}

TEST_CASE("a directory that announces a second prediction without its tensors loads, and says so") {
  const Folder folder("no-mtp");
  SmallJob job;
  train::PretrainConfig config = small_training();
  config.steps = 1;
  job.pretrain(config, folder / "run");
  const auto dir = folder / "run/checkpoint-1";
  // The same weights without the second prediction, and a config.json that still has it.
  model::ModelConfig plain = job.model.config();
  plain.num_nextn_predict_layers = 0;
  nn::Parameters parameters(*job.device, nn::Parameters::Mode::inference);
  const model::Decoder decoder(plain, parameters);
  model::load_weights(dir, plain, parameters, Log::silent());
  {
    io::Commit commit(folder / "plain");
    model::save_model(commit, plain, parameters);
    commit.finish();
  }
  std::filesystem::copy_file(dir / "config.json", folder / "plain/config.json",
                             std::filesystem::copy_options::overwrite_existing);
  struct Collect : Log {
    std::string text;
    void write(Level, std::string_view t) override { text += t; }
  } log;
  CHECK(model::read_directory_config(folder / "plain", log).num_nextn_predict_layers == 0);
  CHECK(log.text.find("without the second prediction") != std::string::npos);
}

TEST_CASE("a checkpoint whose list of checksums is lost is passed over, and replaced when the run comes there again") {
  const Folder folder("no-checksums");
  SmallJob whole;
  whole.pretrain(small_training(), folder / "run");
  std::filesystem::remove(folder / "run/checkpoint-8/checksums.json");
  SmallJob again;
  CHECK(again.pretrain(small_training(), folder / "run") == train::Ended::finished);
  CHECK(again.weights() == whole.weights());
  CHECK(train::newest_checkpoint(folder / "run", Log::silent())->filename() == "checkpoint-8");
}
