// A pre-training job that takes a second: two layers, a MoE block and the second prediction, on arithmetic chains.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <memory>

#include "millet/data/streams.h"
#include "millet/model/init.h"
#include "millet/ops/devices.h"
#include "millet/report/metrics.h"
#include "millet/report/progress.h"
#include "millet/report/run.h"
#include "millet/train/checkpoint.h"
#include "millet/train/pretrain.h"

namespace millet::tests {

// A directory of its own that goes away in the end.
class Folder {
 public:
  explicit Folder(const std::string& name)
      : path_(std::filesystem::temp_directory_path() / fmt::format("millet-test-{}-{}", name, getpid())) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline model::ModelConfig small_config(int64_t vocab_size) {
  model::ModelConfig c;
  c.vocab_size = vocab_size;
  c.hidden_size = 32;
  c.intermediate_size = 48;
  c.moe_intermediate_size = 16;
  c.num_hidden_layers = 2;
  c.num_nextn_predict_layers = 1;
  c.num_attention_heads = 2;
  c.n_shared_experts = 1;
  c.n_routed_experts = 4;
  c.num_experts_per_tok = 2;
  c.first_k_dense_replace = 1;
  c.q_lora_rank = 16;
  c.kv_lora_rank = 16;
  c.qk_nope_head_dim = 8;
  c.qk_rope_head_dim = 8;
  c.v_head_dim = 16;
  c.max_position_embeddings = 256;
  return c;
}

// All numbers of a run but the times.
inline std::vector<std::pair<std::string, double>> numbers(const std::filesystem::path& run) {
  std::vector<std::pair<std::string, double>> all;
  for (const report::MetricsRow& row : report::read_metrics(run)) {
    all.emplace_back(row.phase, static_cast<double>(row.step));
    for (const auto& [name, value] : row.values) {
      if (!name.ends_with("seconds") && name != "mfu") all.emplace_back(name, value);
    }
  }
  return all;
}

// Data, tokenizer and model with its first weights.
struct SmallJob {
  std::unique_ptr<Device> device;
  data::Config data;
  text::Tokenizer tokenizer;
  nn::Parameters parameters;
  model::Decoder model;
  data::Streams streams;

  explicit SmallJob(const std::string& device_name = "cpu", data::Config config = chains())
      : device(ops::make_device(device_name)),
        data(std::move(config)),
        tokenizer(data::make_tokenizer(data)),
        parameters(*device, nn::Parameters::Mode::training),
        model(small_config(tokenizer.vocab_size()), parameters),
        streams(data::open_streams(data, tokenizer, 1)) {
    model::initialise(parameters, 1, {.layers = 2});
  }

  static data::Config chains() {
    data::Config c;
    c.context = 96;
    c.validation_problems = 8;
    c.mix["chain"] = {.task = "chain", .direct = 0.6, .aloud = 0.3, .slip = 0.1, .min = 2, .max = 4};
    return c;
  }

  // Trains into `dir`; stops before step `stop_at` if that is positive.
  train::Ended pretrain(const train::PretrainConfig& config, const std::filesystem::path& dir, int threads = 1,
                        int64_t stop_at = 0, Log& log = Log::silent()) {
    Context ctx(*device, threads, log);
    report::Run run = report::Run::create_or_resume(dir, {.verb = "pretrain", .seed = 1}, "");
    report::View view({.manner = report::View::Manner::quiet});
    int64_t steps = 0;
    train::Hooks hooks;
    hooks.on_step = [&](const report::MetricsRow& row) { steps = row.step; };
    hooks.stop = [&] { return stop_at > 0 && steps >= stop_at; };
    const train::Ended ended = train::pretrain(ctx, {.config = config,
                                                     .model = model,
                                                     .companions = tokenizer.files(),
                                                     .training = *streams.train,
                                                     .validation = streams.validation,
                                                     .run = run,
                                                     .view = view,
                                                     .hooks = hooks});
    if (ended == train::Ended::finished) run.finish();
    return ended;
  }

  // All weights, as bits.
  std::vector<float> weights() const {
    std::vector<float> all;
    for (const nn::Parameter& p : parameters) {
      const auto values = to_host<float>(*device, p.value);
      all.insert(all.end(), values.begin(), values.end());
    }
    return all;
  }
};

inline train::PretrainConfig small_training() {
  train::PretrainConfig c;
  c.steps = 8;
  c.step_tokens = 128;
  c.lr = {.peak = 2e-3, .schedule = "linear", .warmup = 2};
  c.optimizer.name = "muon";
  c.validate_every = 4;
  c.checkpoint_every = 2;
  c.keep_checkpoints = 8;
  return c;
}

}  // namespace millet::tests
