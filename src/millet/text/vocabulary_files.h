// vocab.json and merges.txt, as GPT-2 and Qwen 2 were published before there was tokenizer.json.
#pragma once

#include <filesystem>

#include "millet/io/json.h"

namespace millet::text {

// Are both there?
bool has_vocabulary_files(const std::filesystem::path& directory);

// The tokenizer.json that `transformers` makes of them. `config` (tokenizer_config.json, or null) says whose they are:
// "tokenizer_class" GPT2Tokenizer, also where it says nothing, or Qwen2Tokenizer, each with or without Fast; and which
// tokens are added. Throws Error: other classes, by name; malformed files.
io::Json read_vocabulary_files(const std::filesystem::path& directory, const io::Json& config);

// Throws Error for a directory that has neither these nor tokenizer.json: what it holds in their place, and what makes
// a tokenizer.json of that. Returns where it holds nothing that is known.
void refuse_other_vocabularies(const std::filesystem::path& directory);

}  // namespace millet::text
