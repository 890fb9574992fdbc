// The expressions by which published tokenizers cut, each with a matcher of its own: what Oniguruma finds, in time that
// grows as the text does and with no limit of steps.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "millet/text/pattern.h"

namespace millet::text {

// GPT-2's pattern, by which ByteLevel cuts unless the file has its own.
inline constexpr std::string_view kGpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

// GPT-4's and Llama 3's: contractions also in capitals, digits at most three together.
inline constexpr std::string_view kLlama3Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|)"
    R"(\s+(?!\S)|\s+)";

// Qwen 2's: digits one by one.
inline constexpr std::string_view kQwen2Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|)"
    R"(\s+(?!\S)|\s+)";

// DeepSeek-V3's, for what its two splits before leave.
inline constexpr std::string_view kDeepSeekV3Pattern =
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+|"
    " ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+";

// Appends all matches of a text of UTF-8, as Pattern::find_all does.
using FindAll = std::function<void(std::string_view text, std::vector<Pattern::Match>& matches)>;

// The matcher of one of these four, of \p{N}, \p{N}{1,3} and \s+$, and of a set of characters as DeepSeek writes them:
// \s?[…]+ with \s? or + or without, and of plain characters and ranges alone. Null: another expression.
FindAll published_pattern(std::string_view expression);

}  // namespace millet::text
