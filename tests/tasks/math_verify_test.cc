// Answers judged as Math-Verify, lighteval, NeMo-Skills and the MATH paper judge them.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "millet/io/jsonl.h"
#include "millet/tasks/math/extract.h"
#include "millet/tasks/math/verify.h"
#include "tests/core/test_data.h"

using namespace millet;
using namespace millet::tasks::math;

namespace {

bool equal(const std::string& gold, const std::string& prediction, VerifyOptions options = {}) {
  return verify_math(gold, prediction, options).equal;
}

std::string reason(const std::string& gold, const std::string& prediction) {
  return verify_math(gold, prediction).reason;
}

VerifyOptions options_of(const io::Json& line) {
  VerifyOptions out;
  const std::vector<std::string> names =
      line.contains("extract") ? line.at("extract").as_strings() : std::vector<std::string>{"latex", "expr"};
  out.extract = names.size() > 1              ? Extract::latex_expression
                : names[0] == "latex"         ? Extract::latex
                : names[0] == "expr"          ? Extract::expression
                : names[0] == "choice_letter" ? Extract::choice_letter
                                              : Extract::raw;
  if (line.contains("rule")) out.extract = Extract::string_rule;
  out.compare.precision = static_cast<int>(line.int_or("precision", 6));
  out.compare.strict = line.bool_or("strict", true);
  out.compare.allow_set_relation_comp = line.bool_or("allow_set_relation_comp", false);
  out.language = line.string_or("language", "");
  return out;
}

}  // namespace

TEST_CASE("the cases of other people's tests are judged as they are there") {
  if (!tests::has_test_data("math/math_equivalence_triples.jsonl")) return;
  io::JsonlReader reader(tests::kTestData / "math/math_equivalence_triples.jsonl");
  int judged = 0;
  while (const auto line = reader.next()) {
    const io::Json& json = line->value;
    if (json.contains("note")) continue;  // there the projects themselves are wrong or disagree
    const Verdict verdict =
        verify_math(json.at("gold").as_string(), json.at("prediction").as_string(), options_of(json));
    CAPTURE(json.at("id").as_int());
    CAPTURE(verdict.reason);
    CHECK(verdict.equal == (json.at("expected").as_int() == 1));
    ++judged;
  }
  CHECK(judged == 226);
}

TEST_CASE("a reason says what decided") {
  CHECK(reason("1/2", "0.5") == "equal as numbers: 1/2 and 0.5");
  CHECK(reason("$x+1$", "$1+x$") == "equal as formulas: x + 1 and 1 + x");
  CHECK(reason("$5$", "$6$") == "different: 5 and 6");
  CHECK(reason("$5$", "I do not know") == "no answer found in the prediction");
  CHECK(reason("nothing", "$5$") == "no answer found in the gold answer");
  CHECK(reason("$5$", "$\\frac{1}{$") == "refused: the answer '\\frac{1}{' cannot be read");
  CHECK(reason("$\\{1,2\\}$", "$2, 1$") == "equal as sets: {1, 2} and {2, 1}");
  CHECK(reason("$[1,2)$", "$[1,2.0)$") == "equal as intervals: [1, 2) and [1, 2.0)");
  CHECK_FALSE(equal("$1 - \\frac{1}{\\mathrm{e}}$", "$1 + \\frac{1}{\\mathrm{e}}$"));
  CHECK_FALSE(equal("$1 - 1/\\mathrm{e}$", "$1 + 1/\\mathrm{e}$"));
  CHECK(reason("$x=5$", "$5$") == "equal as written: x = 5 and 5");
}

TEST_CASE("an unknown language is refused with the nearest name") {
  VerifyOptions options;
  options.language = "chinees";
  CHECK_THROWS_WITH_AS(verify_math("1", "1", options), "verify: unknown language 'chinees': did you mean 'chinese'?",
                       Error);
}

TEST_CASE("letters of multiple choice are those of the language, or A, B, C, D") {
  VerifyOptions options;
  options.extract = Extract::choice_letter;
  options.language = "russian";
  CHECK(equal("Б", "Ответ: (Б), а не А", options));
  CHECK(equal("Б", "Ответ : Б", options));
  CHECK_FALSE(equal("Б", "Ответ: А", options));
  CHECK(equal("C", "Ответ: C", options));  // Latin, as the gold answer is
  options.language = "arabic";
  CHECK(equal("ب", "إجابة: ب", options));
  options.language = "telugu";
  CHECK(equal("బి", "జవాబు: (బి)", options));  // two characters
  options.language = "ukrainian";
  CHECK(equal("В", "відповідь В.", options));
}

TEST_CASE("equations are equal where the same numbers solve them") {
  CHECK(equal("$xy=1$", "$y=\\frac{1}{x}$"));
  CHECK(equal("$\\frac{a}{b}=2$", "$a=2b$"));
  CHECK(equal("$x^2+y^2-2x-4y-4=0$", "$\\sqrt{(x-1)^2+(y-2)^2}=3$"));
  CHECK_FALSE(equal("$y^2=4x$", "$y=2\\sqrt{x}$"));
  CHECK_FALSE(equal("$xy=1$", "$x^2y=1$"));
  CHECK_FALSE(equal("$y=x$", "$y=|x|$"));
  CHECK_FALSE(equal("$y=x$", "$y^2=xy$"));
  CHECK_FALSE(equal("$y=x$", "$y=x+10^{-4}$"));
  CHECK(equal("$x^2=4$", "$x=2 \\text{ or } x=-2$"));
  CHECK_FALSE(equal("$x^2=4$", "$x=2, y=-2$"));
  CHECK(equal("$-12,345$", "$-12345$"));
  CHECK(equal("$3$", "$300\\%$"));
}

TEST_CASE("formulas are tried far from one, close to zero and at whole numbers too") {
  const std::vector<std::pair<const char*, const char*>> different = {
      {"|x-10|", "10-x"},          {"\\sqrt{x^2+10x+25}", "x+5"},
      {"\\max(x,50)", "50"},       {"\\max(x,2000)", "2000"},
      {"\\min(x,-3000)", "-3000"}, {"\\lfloor x \\rfloor+1", "\\lceil x \\rceil"},
      {"y=|x-10|", "y=10-x"},      {"|x-10|<3", "10-x<3"},
      {"|x-0.01|", "|x|"},         {"\\lfloor 2x \\rfloor", "2\\lfloor x \\rfloor"}};
  for (const auto& [a, b] : different) {
    CAPTURE(a);
    CHECK_FALSE(equal(std::string("$") + a + "$", std::string("$") + b + "$"));
    CHECK_FALSE(equal(std::string("$") + b + "$", std::string("$") + a + "$"));
  }
  const std::vector<std::pair<const char*, const char*>> same = {
      {"\\sqrt{x^2}", "|x|"},
      {"\\cosh^2 x - \\sinh^2 x", "1"},
      {"\\sqrt{x+1}-\\sqrt{x}", "\\frac{1}{\\sqrt{x+1}+\\sqrt{x}}"},
      {"\\frac{a^2-b^2}{a-b}", "a+b"},
      {"\\lfloor x \\rfloor + \\lfloor x+\\frac{1}{2} \\rfloor", "\\lfloor 2x \\rfloor"},
      {"\\tan(\\frac{\\pi x}{2})", "\\frac{\\sin(\\pi x)}{1+\\cos(\\pi x)}"},
      {"\\max(x,y)", "\\frac{x+y+|x-y|}{2}"},
      {"\\tanh x", "\\frac{e^{2x}-1}{e^{2x}+1}"},
      {"\\binom{n}{2}", "\\frac{n(n-1)}{2}"},
      {"\\frac{n!}{(n-2)!}", "n(n-1)"},
      {"y=|x-10|", "y=|10-x|"}};
  for (const auto& [a, b] : same) {
    CAPTURE(a);
    CHECK(equal(std::string("$") + a + "$", std::string("$") + b + "$"));
  }
}

TEST_CASE("sums to n, infinite sums, limits and integrals have their values") {
  const std::vector<std::pair<const char*, const char*>> same = {
      {"\\sum_{k=1}^{n} k", "\\frac{n(n+1)}{2}"},
      {"\\sum_{k=0}^{n} x^k", "\\frac{x^{n+1}-1}{x-1}"},
      {"\\prod_{k=1}^{n} k", "n!"},
      {"\\sum_{k=0}^{\\infty} \\frac{1}{2^k}", "2"},
      {"\\sum_{k=1}^{\\infty} \\frac{1}{k^2}", "\\frac{\\pi^2}{6}"},
      {"\\sum_{k=1}^{\\infty} \\frac{(-1)^{k+1}}{k}", "\\ln 2"},
      {"\\lim_{x \\to 0} \\frac{\\sin x}{x}", "1"},
      {"\\lim_{n \\to \\infty} (1+\\frac{1}{n})^n", "e"},
      {"\\lim_{x \\to 0^{-}} \\frac{|x|}{x}", "-1"},
      {"\\lim_{h \\to 0} \\frac{(x+h)^2-x^2}{h}", "2x"},
      {"\\int_0^\\infty e^{-x} dx", "1"},
      {"\\int_{-\\infty}^{\\infty} e^{-x^2} dx", "\\sqrt{\\pi}"},
      {"\\int x dx", "\\frac{x^2}{2}"},
      {"\\frac{x^2}{2}+C", "\\int x dx"},
      {"\\gcd(a,b)", "\\gcd(b,a)"}};
  for (const auto& [a, b] : same) {
    CAPTURE(a);
    CHECK(equal(std::string("$") + a + "$", std::string("$") + b + "$"));
  }
  // What does not converge has no value, and what is slow to compute is not guessed.
  const std::vector<std::pair<const char*, const char*>> different = {
      {"\\sum_{k=1}^{n} k", "n^2"},
      {"\\sum_{k=1}^{\\infty} \\frac{1}{k}", "2"},
      {"\\sum_{k=0}^{\\infty} (-1)^k", "\\frac{1}{2}"},
      {"\\sum_{k=0}^{\\infty} 2^k", "-1"},
      {"\\sum_{k=1}^{\\infty} \\frac{1}{k^2}", "\\frac{\\pi^2}{6.0001}"},
      {"\\lim_{x \\to 0} \\sin\\frac{1}{x}", "0"},
      {"\\lim_{n \\to \\infty} (-1)^n", "1"},
      {"\\int_1^\\infty \\frac{1}{x} dx", "5"},
      {"\\int x dx", "x^2"},
      {"\\gcd(a,b)", "1"}};
  for (const auto& [a, b] : different) {
    CAPTURE(a);
    CHECK_FALSE(equal(std::string("$") + a + "$", std::string("$") + b + "$"));
  }
}

TEST_CASE("infinity is reckoned with, and means nothing where it takes infinity away") {
  CHECK(equal("$\\infty$", "$\\infty + 1$"));
  CHECK(equal("$-\\infty$", "$5 - 2\\infty$"));
  CHECK(equal("$0$", "$\\frac{1}{\\infty}$"));
  CHECK(equal("$\\infty$", "$\\infty^2$"));
  CHECK(equal("$\\{∞\\}$", "$\\infty$"));
  CHECK(equal("$(-∞, 3)$", "$x < 3$", {.compare = {.allow_set_relation_comp = true}}));
  CHECK_FALSE(equal("$\\infty$", "$\\infty - \\infty$"));
  CHECK_FALSE(equal("$\\infty$", "$-\\infty$"));
  CHECK_FALSE(equal("$\\infty$", "$x \\infty$"));
  CHECK_FALSE(equal("$1$", "$1^\\infty$"));
}

TEST_CASE("braces around one equation, lcm as a word, derivatives of letters, a size without its bracket") {
  CHECK(equal("$\\{x+y=3\\}$", "$y=3-x$"));
  CHECK(equal("$y=3-x$", "${x+y=3}$"));
  CHECK(equal("$\\{x+y=3, x-y=1\\}$", "$x-y=1, x+y=3$"));
  CHECK_FALSE(equal("$\\{x+y=3\\}$", "$y=3+x$"));
  CHECK(equal("$\\gcd(a,b) \\cdot \\text{lcm}(a,b)$", "$ab$"));
  CHECK(equal("$\\gcd(2x,2y)$", "$2\\gcd(x,y)$"));
  CHECK(equal("$\\frac{\\partial}{\\partial x} x^2 y$", "$2xy$"));
  CHECK_FALSE(equal("$\\frac{\\partial f}{\\partial x}$", "$\\frac{\\partial f}{\\partial y}$"));
  CHECK(equal("$5\\right$", "$5$"));
  CHECK(equal("$(x+1\\right)$", "$x+1$"));
  VerifyOptions raw;
  raw.extract = Extract::raw;
  CHECK(equal("\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}", "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", raw));
  CHECK(equal("\\begin{pmatrix} 1/2 & 2 \\\\ 3 & 4 \\end{pmatrix}",
              "\\begin{bmatrix} 0.5 & 2 \\\\ 3 & 4 \\end{bmatrix}", raw));
}

TEST_CASE("a whole string is a letter, a text or a formula, and its spelling alone where the rule is MATH's") {
  VerifyOptions raw;
  raw.extract = Extract::raw;
  CHECK(verify_math("B", "Answer: **B**, not C", raw).reason == "equal as letters: B");
  CHECK_FALSE(equal("B", "answer: C, not B", raw));
  CHECK(verify_math("12.5\\%", "12.5", raw).reason == "equal as text: 12.5 and 12.5");
  CHECK_FALSE(equal("1", "100", raw));
  CHECK_FALSE(equal("Yes", "yes", raw));
  CHECK(equal("(x+1)^2", "$x^2+2x+1$", raw));
  VerifyOptions spelling;
  spelling.extract = Extract::string_rule;
  CHECK(equal("10\\text{ cm}", "10", spelling));
  CHECK(equal("x = \\tfrac12", "\\frac{1}{2}", spelling));
  CHECK(equal("\\sqrt3", "\\sqrt{3}", spelling));
  CHECK(equal("-1/2", "\\frac{-1}{2}", spelling));
  CHECK_FALSE(equal("0.50", "0.5", spelling));
  CHECK_FALSE(equal("\\sqrt", "\\sqrt{}", spelling));  // the rule breaks off: compared as it is
}

TEST_CASE("a letter behind a sign or a sum is no unit, and small spellings of limits and remainders are read") {
  const auto same = [](const std::string& a, const std::string& b) {
    return equal("$" + a + "$", "$" + b + "$") && equal("$" + b + "$", "$" + a + "$");
  };
  CHECK(same("-c", "- c"));
  CHECK(same("2-m", "2 - m"));
  CHECK(same("\\frac{1}{2} - s", "0.5 - s"));
  CHECK(same("\\sum_{k=1}^{3} c", "c \\cdot 3"));
  CHECK(same("\\sum_{k = 1}^{3} t^2 \\pi", "3\\pi t^2"));
  CHECK(same("\\prod^{3}_{k=1} m", "m^3"));
  CHECK(same("5 m", "5"));  // there it is one
  CHECK(same("12\\frac{\\text{km}}{\\text{h}}", "12"));
  CHECK(same("9.8\\,\\frac{\\mathrm{m}}{\\mathrm{s}^2}", "9.8\\text{ m/s}^2"));
  CHECK_FALSE(same("\\frac{1}{\\text{e}}", "1"));
  CHECK_FALSE(same("- c", "- m"));
  for (const char* to : {"\\to", "\\rightarrow", "\\Rightarrow", "\\longrightarrow", "\\Longrightarrow", "→"}) {
    for (const char* side : {"", "^+", "^{+}", "^ +", "^-", "^{-}"}) {
      const std::string limit = "\\lim_{x " + std::string(to) + " 3" + side + "} ";
      CAPTURE(limit);
      CHECK(same(limit + "a", "a"));
      CHECK(same(limit + "(y + \\sqrt{b})", "y+\\sqrt{b}"));
      CHECK(same(limit + "\\frac{x^2-9}{x-3}", "6"));
    }
  }
  CHECK(same("\\lim\\limits_{h \\to 0^+} \\frac{h}{|h|}", "1"));
  CHECK(same("\\lim_{h \\to 0^-} \\frac{h}{|h|}", "-1"));
  CHECK_FALSE(same("\\lim_{x \\to 0^-} \\frac{x}{|x|}", "\\lim_{x \\to 0^+} \\frac{x}{|x|}"));
  for (const char* mod : {"\\bmod", "\\pmod", "\\text{ mod }", "\\operatorname{mod}"}) {
    CAPTURE(mod);
    CHECK(same("a \\mod b", std::string("a ") + mod + " b"));
    CHECK(same("2(x+1) \\mod (n^2)", std::string("(2x+2)") + mod + "(n \\cdot n)"));
    CHECK(same("17 " + std::string(mod) + " 5", "2"));
    CHECK_FALSE(same("a \\mod b", std::string("b ") + mod + " a"));
  }
  CHECK(same("x \\equiv 2 \\pmod{5}", "x \\equiv 7 \\pmod 5"));
  CHECK_FALSE(same("x \\equiv 2 \\pmod{5}", "x \\equiv 3 \\pmod{5}"));
}

TEST_CASE("beside the imaginary unit I the letter i is one, in formulas") {
  CHECK(equal("$a + b I$", "$a + i b$"));
  CHECK(equal("$3-2i$", "$3 - 2I$"));
  CHECK(equal("$-1$", "$I^2$"));
  CHECK_FALSE(equal("$a + b I$", "$a - i b$"));
  CHECK(equal("$I \\sum_{i=1}^{n} i$", "$i \\frac{n(n+1)}{2}$"));
  CHECK_FALSE(equal("$I$", "$i$"));  // single letters are compared by their spelling
}

TEST_CASE("rewards for accuracy are those of TRL, none where the gold answer says nothing") {
  if (!tests::has_test_data("math/reward_cases.jsonl")) return;
  io::JsonlReader reader(tests::kTestData / "math/reward_cases.jsonl");
  int judged = 0;
  while (const auto line = reader.next()) {
    const std::string kind = line->value.at("reward").as_string();
    if (!kind.ends_with("accuracy")) continue;
    const Verdict verdict =
        verify_math(line->value.at("gold").as_string(), line->value.at("completion").as_string(), {});
    CAPTURE(verdict.reason);
    const io::Json& expected = line->value.at("expected");
    if (expected.is_null()) {
      CHECK(verdict.reason == "no answer found in the gold answer");
    } else {
      CHECK(verdict.equal == (expected.as_double() == 1.0));
    }
    ++judged;
  }
  CHECK(judged == 9);
}
