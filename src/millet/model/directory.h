// Models as Hugging Face directories: weights in and out.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "millet/core/log.h"
#include "millet/io/commit.h"
#include "millet/io/json.h"
#include "millet/model/config.h"
#include "millet/nn/parameters.h"

namespace millet::model {

// The configuration of a directory, adapted to what it holds: where config.json announces a second prediction
// (num_nextn_predict_layers) whose tensors are missing, it is taken out and the log says so, as published fine-tunes
// need; where it ties the head to the embedding, and there is another head, likewise; where a generation_config.json
// names the tokens that end a text, these are taken, as in transformers.
ModelConfig read_directory_config(const std::filesystem::path& directory, Log& log);

// Quantised weights have other names, shapes and types: refused as what they are, before one of these is missed. Throws
// Error naming the method that config.json says, unless it is DeepSeek's FP8.
void refuse_quantised(const io::Json& config);

// Fills every parameter from the directory's tensors (model/stored_tensor says from which types). Of parameters without
// memory (Parameters::Mode::mapped) only the headers are read now. Throws Error naming tensor and file: a missing
// tensor, another shape, a NaN in a correction bias, a head that differs from the embedding to which the configuration
// ties it. Tensors that the model has no place for are named in the log, and those that an index of shards forgot.
// Names may lack their leading "model.", as a model without its head is saved.
void load_weights(const std::filesystem::path& directory, const ModelConfig& config, nn::Parameters& parameters,
                  Log& log);

// generation_config.json as a directory has it, or a new one: how text is drawn, with the tokens that begin and end it
// as the configuration has them.
std::string generation_config(const std::filesystem::path& directory, const ModelConfig& config);

// What weights are written as: F32 keeps all bits, BF16 is half the size and rounds to the nearest, ties to even.
enum class WeightFormat : uint8_t { f32, bf16 };

// Writes config.json, generation_config.json and model.safetensors (from the master weights, or from the files where
// they still are) into a directory that is being committed. Correction biases stay F32, as published. Progress is told
// in elements.
void save_model(io::Commit& commit, const ModelConfig& config, const nn::Parameters& parameters,
                WeightFormat format = WeightFormat::f32,
                const std::function<void(int64_t done, int64_t total)>& on_progress = {});

}  // namespace millet::model
