// Answers to GSM8K: what stands behind the last "####" or "A:".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millet::tasks::math {

// The value behind the last of the two marks, on its line, without commas, dollars and blanks around it.
// Nothing where no mark stands.
std::optional<std::string> gsm8k_value(std::string_view text);

// `answer`: a bare value, or text with such a mark. Equal as text, or as numbers: 18 and 18.0.
bool gsm8k_correct(std::string_view answer, std::string_view solution);

}  // namespace millet::tasks::math
