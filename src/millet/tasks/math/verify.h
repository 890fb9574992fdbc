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
  string_rule,       // the same, judged by spelling alone
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

// A whole string as an answer, as NeMo-Skills takes it: a gold letter A to J as multiple choice, words and integers as
// text, else as formulas; 12.5% is 12.5.
Verdict verify_raw(std::string_view gold, std::string_view prediction, const CompareOptions& options);  // raw.cc

// The string rule of the MATH paper: equal if both have one spelling. 1/2 is \frac{1}{2}, 0.50 is not 0.5.
Verdict verify_by_string_rule(std::string_view gold, std::string_view prediction);  // string_rule.cc

}  // namespace millet::tasks::math
