// Units behind a number: "5 cm", "12 apples", "3 \text{m}" (its text is taken off before).
#pragma once

#include <string>
#include <string_view>

namespace millet::tasks::math {

// The text without a unit at its end, where a digit, a brace or a blank stands before it; else the text itself.
// Which words are units is what latex2sympy2_extended 1.11 takes for such.
std::string without_unit(std::string_view text);

}  // namespace millet::tasks::math
