// Configurations that come with the program.
#pragma once

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

}  // namespace millet::model
