// Configurations that come with the program.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "millet/model/config.h"

namespace millet::model {

struct Preset {
  std::string_view name;
  std::string_view summary;
  // vocab_size 0: the tokenizer decides; max_position_embeddings 0: the length of the examples that it is trained on.
  ModelConfig config;
};

const std::vector<Preset>& presets();
const Preset* find_preset(std::string_view name);

// The vocabulary of a preset that is measured without a text: that of a tokenizer of bytes takes any.
inline constexpr int64_t kBytesVocabulary = 256;

// Gives the sizes that a preset leaves open, and no others, these values.
void fill_open_sizes(ModelConfig& config, int64_t vocab_size, int64_t positions);

}  // namespace millet::model
