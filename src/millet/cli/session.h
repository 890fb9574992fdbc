// Device, context and model of a verb that computes.
#pragma once

#include <filesystem>
#include <memory>

#include "millet/cli/arguments.h"
#include "millet/core/context.h"
#include "millet/model/decoder.h"
#include "millet/text/tokenizer.h"

namespace millet::cli {

// The device that --isa and the context that --threads ask for.
struct Machine {
  std::unique_ptr<Device> device;
  std::unique_ptr<Context> ctx;

  Machine(const Arguments& args, Log& log);
};

// The directory of a model, or of a run's newest good checkpoint. Throws Error where there is none; of a directory that
// holds runs, as a demonstration's, it names one.
std::filesystem::path find_model(const std::filesystem::path& model_or_run, Log& log);

// A model with its weights. `directory` is a Hugging Face directory, a checkpoint, or a run, whose newest good
// checkpoint is taken.
struct LoadedModel {
  std::filesystem::path directory;  // where the weights came from
  nn::Parameters parameters;
  std::unique_ptr<model::Decoder> decoder;

  LoadedModel(const std::filesystem::path& model_or_run, Context& ctx, nn::Parameters::Mode mode);
};

}  // namespace millet::cli
