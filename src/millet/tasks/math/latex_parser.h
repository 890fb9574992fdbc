// LaTeX to what it means. The grammar is that of latex2sympy2_extended 1.11, by which answers are judged elsewhere, as
// a parser that never looks at a place twice for the same rule: `f(x)` is a function, `a(x+1)` a product, `1/2x` is
// 1/(2x), `\sin 2x\cos y` ends its first argument at \cos, a list without braces is a set.
#pragma once

#include <optional>
#include <string_view>

#include "millet/tasks/math/expression.h"

namespace millet::tasks::math {

inline constexpr size_t kMaxLatex = 4000;  // bytes
inline constexpr int kMaxDepth = 50;       // of groups in groups

// Nothing where the text is no such formula, or is longer or deeper than that.
std::optional<Expression> parse_latex(std::string_view text);

}  // namespace millet::tasks::math
