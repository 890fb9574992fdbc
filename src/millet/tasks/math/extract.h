// Where a text says its answer: "Final answer: $5$", the last \boxed{…}, "the answer is 5", or the last formula or
// number. The places and their order are those of Math-Verify 0.9.0, and of lighteval for other languages than English.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millet/tasks/math/expression.h"
#include "millet/tasks/math/language.h"

namespace millet::tasks::math {

struct ExtractOptions {
  bool latex = true;       // $…$, \(…\), \[…\], \boxed{…}, \frac{1}{2}
  bool expression = true;  // 1,234.5 and 3 + 4
  bool letter = false;     // A, (B): multiple choice
  int choices = 4;
  std::u32string_view letters = {};    // of these, a blank between them (language.h); empty: A, B, C …
  const Language* language = nullptr;  // none: English
};

// What was found: its meaning where it could be read, and its text, which decides where it could not.
struct Extracted {
  std::optional<Expression> value;
  std::string text;       // empty: nothing was found
  bool too_long = false;  // not all of what may be an answer was looked at
};

inline constexpr size_t kMaxText = 1 << 18;  // bytes of a text that is looked through: some 64k tokens

Extracted extract_answer(std::string_view text, const ExtractOptions& options);

}  // namespace millet::tasks::math
