#include "millet/cli/session.h"

#include "millet/model/directory.h"
#include "millet/ops/devices.h"
#include "millet/train/checkpoint.h"

namespace millet::cli {

Machine::Machine(const Arguments& args, Log& log)
    : device(ops::make_device("cpu", args.isa())), ctx(std::make_unique<Context>(*device, args.threads(), log)) {}

LoadedModel::LoadedModel(const std::filesystem::path& model_or_run, Context& ctx, nn::Parameters::Mode mode)
    : directory(train::find_model(model_or_run, ctx.log())), parameters(ctx.device(), mode) {
  const model::ModelConfig config = model::read_directory_config(directory, ctx.log());
  decoder = std::make_unique<model::Decoder>(config, parameters);
  model::load_weights(directory, config, parameters, ctx.log());
}

}  // namespace millet::cli
