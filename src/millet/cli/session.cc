#include "millet/cli/session.h"

#include <algorithm>
#include <string>
#include <vector>

#include "millet/core/error.h"
#include "millet/model/directory.h"
#include "millet/ops/devices.h"
#include "millet/report/run.h"
#include "millet/train/checkpoint.h"

namespace millet::cli {

namespace fs = std::filesystem;

Machine::Machine(const Arguments& args, Log& log)
    : device(ops::make_device("cpu", args.isa())), ctx(std::make_unique<Context>(*device, args.threads(), log)) {}

fs::path find_model(const fs::path& model_or_run, Log& log) {
  std::error_code unreadable;  // told by train::find_model
  if (!fs::exists(model_or_run / "config.json", unreadable) && !report::is_run(model_or_run)) {
    std::vector<std::string> runs;
    for (const auto& entry : fs::directory_iterator(model_or_run, unreadable)) {
      if (report::is_run(entry.path())) runs.push_back(entry.path().filename().string());
    }
    if (!runs.empty()) {
      // The one that has learned, where it is a demonstration.
      const bool has_rl = std::find(runs.begin(), runs.end(), "rl") != runs.end();
      const std::string one = has_rl ? "rl" : *std::min_element(runs.begin(), runs.end());
      fail("{} holds runs: name one of them, as {}", model_or_run.string(), (model_or_run / one).string());
    }
  }
  return train::find_model(model_or_run, log);
}

LoadedModel::LoadedModel(const std::filesystem::path& model_or_run, Context& ctx, nn::Parameters::Mode mode)
    : directory(find_model(model_or_run, ctx.log())), parameters(ctx.device(), mode) {
  const model::ModelConfig config = model::read_directory_config(directory, ctx.log());
  decoder = std::make_unique<model::Decoder>(config, parameters);
  model::load_weights(directory, config, parameters, ctx.log());
}

}  // namespace millet::cli
