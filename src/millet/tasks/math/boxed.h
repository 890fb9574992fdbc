// \boxed{…} and \fbox{…}: where solutions and answers put their result.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace millet::tasks::math {

// The contents of the last \boxed or \fbox whose brace closes, as MATH's gold answers are taken from its solutions.
// "\boxed 5" gives "5". Nothing where there is none.
std::optional<std::string> last_boxed(std::string_view text);

// Every box of a formula, from left to right and joined by commas; the text itself where there is none.
// `last_only`: the last, and those before it that stand near it ("\boxed{1} and \boxed{2}").
std::string boxed_contents(std::string_view text, bool last_only);

}  // namespace millet::tasks::math
