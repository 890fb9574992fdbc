// config.json to ModelConfig and back.
#pragma once

#include <filesystem>
#include <string_view>

#include "millet/io/json.h"
#include "millet/model/config.h"

namespace millet::model {

// Reads both spellings of the rotary settings: `rope_theta` + `rope_scaling`, as published, and `rope_parameters`, as
// transformers 5 writes. Another architecture, activation or scoring function than this one's is refused by name, a
// missing or impossible field too.
ModelConfig parse_config(const io::Json& json);
// The tokens that end a text: "eos_token_id", a number, a list or null.
std::vector<int64_t> read_ends(const io::Json& json);

ModelConfig read_config(const std::filesystem::path& config_json);

// As transformers reads it.
io::Json to_json(const ModelConfig& config);

// A preset's name, a config.json, or a directory that holds one.
ModelConfig find_config(std::string_view name_or_path);

}  // namespace millet::model
