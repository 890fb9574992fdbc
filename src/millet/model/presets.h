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
  ModelConfig config;  // vocab_size 0: the tokenizer decides
};

const std::vector<Preset>& presets();
const Preset* find_preset(std::string_view name);

}  // namespace millet::model
