// LaTeX as people write it to LaTeX that the grammar reads: sizes, fonts, units, "and", \frac12 and the like.
// The steps and their order are those of latex2sympy2_extended 1.11, by which answers are judged elsewhere.
#pragma once

#include <string>
#include <string_view>

namespace millet::tasks::math {

enum class Units { dropped, kept };

// Contents of boxes alone where there are boxes; `last_box`: of the last (boxed.h).
std::string normalized_latex(std::string_view text, bool last_box, Units units = Units::dropped);

// The first of these steps alone: boxes opened, sizes, fonts and signs in one spelling; units and fractions stay.
std::string plain_latex(std::string_view text);

}  // namespace millet::tasks::math
