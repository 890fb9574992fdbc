// Plain arithmetic as programs print it: 1/2, 3 + 4*(2 - 1), 2^10, 2**10. Nothing is computed.
#pragma once

#include <optional>
#include <string_view>

#include "millet/tasks/math/expression.h"

namespace millet::tasks::math {

// Numbers, + - * / // ^ ** and parentheses, as in Python with ^ for **; at most kMaxLatex bytes. Nothing where the text
// is none of it: "3 4", "3(4)", "007".
std::optional<Expression> parse_arithmetic(std::string_view text);

}  // namespace millet::tasks::math
