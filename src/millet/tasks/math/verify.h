// Whether an answer to a mathematical problem is right: found in its text, read, and compared with the gold answer.
// docs/verify_math.md says what counts as equal. Bounded for any input: see kMaxText, kMaxLatex, kMaxBits.
#pragma once

#include <string>
#include <string_view>

#include "millet/tasks/math/compare.h"

namespace millet::tasks::math {

// Where both answers are looked for.
enum class Extract : unsigned char {
  latex,             // in formulas alone
  expression,        // in numbers and arithmetic alone
  latex_expression,  // in both
  choice_letter,     // A, B, C, D
  raw,               // the whole string is the answer
};

struct VerifyOptions {
  Extract extract = Extract::latex_expression;
  CompareOptions compare;
  std::string language;  // empty: english
};

struct Verdict {
  bool equal = false;
  std::string reason;
};

// Throws Error for an unknown language; never for what the answers hold.
Verdict verify_math(std::string_view gold, std::string_view prediction, const VerifyOptions& options = {});

// A whole string as an answer, as NeMo-Skills and the MATH paper take it: signs of money and percent, units, sizes and
// spaces do not count, lists are in order, numbers are equal to one part in ten thousand.
Verdict verify_raw(std::string_view gold, std::string_view prediction, const CompareOptions& options);

}  // namespace millet::tasks::math
