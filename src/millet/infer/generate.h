// Text in, text out, as it is drawn: what `millet generate` and `millet chat` call.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "millet/core/context.h"
#include "millet/infer/engine.h"
#include "millet/text/tokenizer.h"

namespace millet::infer {

struct GenerateOptions {
  SamplingParams sampling;
  uint64_t sample_id = 0;
  int64_t max_new_tokens = 0;      // 0: as many as the engine has room for after the prompt, which bounds any number
  std::vector<int32_t> stop_ids;   // see stop_ids()
  std::vector<int32_t> shown;      // special tokens that are part of the text, as <|python_tag|> of Llama's calls
  std::vector<std::string> stops;  // strings that end the text; they are left out of it
};

struct Generated {
  std::string text;  // without <bos>, <eos>, <pad> and the stop string; thinking tags stay
  Completion completion;
  std::string stop;  // the stop string that ended it, or ""
};

// Pages of an engine's cache for one text: no more than the model has positions for, however much is asked.
int64_t pages_for_text(const model::ModelConfig& config, int64_t prompt_tokens, int64_t max_new_tokens);

// Called with each piece of text that is certain (whole characters, no beginning of a stop string). False ends the
// generation.
using OnText = std::function<bool(std::string_view piece)>;

// The prompt behind what the tokenizer puts before a text (Tokenizer::text_start); of an empty one <bos>, where there
// is one. Marks spelled out in the prompt stay characters.
std::vector<int32_t> prompt_ids(const text::Tokenizer& tokenizer, std::string_view prompt);

// The tokens that end a text: the tokenizer's and every one of the model's config (a list in config.json).
std::vector<int32_t> stop_ids(const text::Tokenizer& tokenizer, const model::ModelConfig& config);

// Runs one prompt to its end beside whatever else the engine holds. Throws Error where the prompt leaves no room.
Generated generate(Context&, Engine&, const text::Tokenizer&, std::vector<int32_t> prompt, const GenerateOptions&,
                   const OnText& on_text = {});

}  // namespace millet::infer
