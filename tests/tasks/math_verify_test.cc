// Answers judged as Math-Verify, lighteval, NeMo-Skills and the MATH paper judge them, and hostile ones refused.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <ctime>
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

// Best of a few runs it is below one millisecond alone, some kinds below three; six leave room for a slower machine.
#ifdef __SANITIZE_ADDRESS__
static constexpr double kMoment = 100;
#else
static constexpr double kMoment = 6;
#endif

TEST_CASE("a hostile answer is refused in a millisecond, or looked through once") {
  const auto boxed = [](const std::string& text) { return "\\boxed{" + text + "}"; };
  const auto repeated = [](const std::string& text, int n) {
    std::string out;
    for (int i = 0; i < n; ++i) out += text;
    return out;
  };
  const std::string mega(1'000'000, '9');
  const std::vector<std::string> small = {
      boxed("9^{9^{9^9}}"),
      boxed("9^{9^{9^{9^{9}}}}"),
      boxed("(10^{1000})^{1000}"),
      boxed("99999999!"),
      boxed("200!!!"),
      boxed("\\binom{1000000}{500000}"),
      boxed("\\sum_{k=1}^{1000000000} k^k"),
      boxed("\\sum_{a=1}^{999}" + repeated("\\sum_{b=1}^{999}", 8) + "a"),
      boxed("\\prod_{k=1}^{999999} k!"),
      boxed(repeated("\\frac{1}{", 90) + "2" + repeated("}", 90)),
      boxed("\\int_0^1" + repeated("\\int_0^1", 20) + "x dx"),
      boxed(repeated("2^{", 90) + "2" + repeated("}", 90)),
      boxed("1.0^{" + std::string(600, '9') + "}"),
      boxed("\\begin{matrix}1&1\\\\1&1\\end{matrix}^{8}"),
      boxed(repeated("\\begin{matrix}1&1\\\\1&1\\end{matrix}", 40)),
      boxed("\\gcd(" + std::string(600, '9') + "," + std::string(599, '8') + ")"),
      "9**9**9**9**9",
      "= 9^9^9^9^9 + 1 ",
      boxed(repeated("1,", 900) + "1"),
      boxed("\\frac{" + std::string(600, '7') + "}{" + std::string(600, '3') + "}"),
  };
  const auto milliseconds = [](const std::string& gold, const std::string& prediction, int runs) {
    double best = 1e9;
    for (int i = 0; i < runs; ++i) {
      const auto start = std::chrono::steady_clock::now();
      CHECK_FALSE(equal(gold, prediction));
      const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
      best = std::min(best, took.count());
    }
    return best;
  };
  for (const std::string& answer : small) {
    CAPTURE(answer.substr(0, 60));
    for (const char* gold : {"$7$", "$x+\\sqrt{2}$", "$\\{1,2\\}$", "$x<3$"}) {
      const double took = milliseconds(gold, answer, 5);
      CAPTURE(gold);
      CHECK_MESSAGE(took < kMoment, "took ", took, " ms");
    }
  }
  const std::vector<std::string> large = {
      mega,
      boxed(mega),
      repeated("(", 1'000'000),
      repeated("\\frac{", 160'000),
      repeated("$", 1'000'000),
      repeated("\\[", 500'000),
      repeated("\\(", 500'000),
      repeated("\\boxed{", 140'000),
      repeated("answer ", 140'000),
      repeated("answer: $", 110'000),
      repeated("final answer is ", 60'000),
      repeated("$$ ", 330'000),
      repeated("\\[\\boxed{", 110'000) + "\\\\]",
      repeated("1 ", 500'000),
      repeated("=1+1", 250'000),
      repeated("$x$ and ", 120'000),
      repeated("\\text{", 160'000),
      repeated(" ", 1'000'000),
      repeated("\n", 1'000'000),
      repeated("=(", 500'000),
      boxed(repeated("{", 500'000) + repeated("}", 499'000)),
      std::string(2'000'000, 'x'),
  };
  VerifyOptions letters;
  letters.extract = Extract::choice_letter;
  VerifyOptions raw;
  raw.extract = Extract::raw;
  VerifyOptions spelling;
  spelling.extract = Extract::string_rule;
  const auto each_way = [&](const std::string& answer) {
    CHECK_FALSE(equal("B", answer, letters));
    CHECK_FALSE(equal("7", answer, raw));
    CHECK_FALSE(equal("7", answer, spelling));
    return milliseconds("$7$", answer, 5);
  };
  for (const std::string& answer : large) {
    CAPTURE(answer.substr(0, 30));
    const double refused = each_way(answer);
    CHECK_MESSAGE(refused < kMoment, "took ", refused, " ms");
    const double looked_through = each_way(answer.substr(0, kMaxText));
    CHECK_MESSAGE(looked_through < kMoment, "took ", looked_through, " ms");
  }
}

// A text of so many bytes at most, of one piece again and again, then `end`.
static std::string filled(const std::string& piece, size_t bytes, const std::string& end = "") {
  std::string out;
  while (out.size() + piece.size() + end.size() <= bytes) out += piece;
  return out + end;
}

TEST_CASE("what repeats itself costs no more than its length") {
  std::vector<VerifyOptions> ways(5);
  ways[1].language = "chinese";
  ways[2].extract = Extract::choice_letter;
  ways[3] = ways[2];
  ways[3].language = "chinese";
  ways[4].extract = Extract::expression;
  const auto took = [](const std::string& text, const VerifyOptions& options) {
    double best = 1e9;
    for (int i = 0; i < 5 && best > kMoment; ++i) {
      const std::clock_t start = std::clock();  // of this process: a machine may be busy
      verify_math(options.extract == Extract::choice_letter ? "B" : "7777", text, options);
      best = std::min(best, 1e3 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
    }
    return best;
  };
  const std::string blanks(300, ' ');
  std::vector<std::string> known = {"\\boxed{1} ",
                                    "{}\\boxed",
                                    "\\fbox{1} and ",
                                    "答案",
                                    "答案：",
                                    "answer = ",
                                    "answer:",
                                    "answer=" + blanks,
                                    "answer\\[ ",
                                    "answer = 1 =",
                                    "Final answer is:(1+and $"};
  for (std::string& piece : known) piece = filled(piece, kMaxText);
  known.push_back(filled("answer =", 100) + filled(" ", kMaxText - 100, "1"));
  known.push_back(filled("$" + filled(" ", 3900) + "$ ", kMaxText));
  known.push_back(filled("$" + filled("\\frac{", 3900) + "$ ", kMaxText));
  known.push_back(filled("$" + filled("：", 3900) + "$ ", kMaxText));
  for (const std::string& text : known) {
    CAPTURE(text.substr(0, 40));
    for (const VerifyOptions& options : ways) CHECK(took(text, options) < kMoment);
  }
  // Two to four pieces, by a fixed draw.
  const std::vector<std::string> pieces = {"\\boxed{1}",
                                           "\\boxed",
                                           "\\boxed{",
                                           "\\fbox{",
                                           "{",
                                           "}",
                                           "$",
                                           "$$",
                                           "\\[",
                                           "\\]",
                                           "\\(",
                                           "\\)",
                                           " ",
                                           "\n",
                                           "answer",
                                           "answer:",
                                           "answer = ",
                                           "final answer",
                                           "Final answer is:",
                                           " is",
                                           "=",
                                           "1",
                                           "1.5",
                                           "1,234",
                                           ",",
                                           "and ",
                                           "or",
                                           "\\%",
                                           "percent",
                                           "\\frac{1}{2}",
                                           "\\frac{",
                                           "-",
                                           "(",
                                           ")",
                                           " [",
                                           "]",
                                           "**",
                                           "+",
                                           "/",
                                           "^",
                                           "答案",
                                           "：",
                                           "。",
                                           "和",
                                           "I hope",
                                           "A",
                                           "B. ",
                                           "(A)",
                                           ":",
                                           "x",
                                           "\\text{",
                                           "\\sqrt",
                                           "\\",
                                           "0",
                                           ".",
                                           "$5",
                                           "€1",
                                           "\\left",
                                           "<",
                                           blanks};
  uint64_t state = 1;
  const auto draw = [&](size_t below) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<size_t>(state >> 33U) % below;
  };
  for (int i = 0; i < 200; ++i) {
    std::string piece;
    for (size_t n = 2 + draw(3); n > 0; --n) piece += pieces[draw(pieces.size())];
    const std::string text =
        draw(2) == 0 ? filled(piece, kMaxText / 4) : filled("$" + filled(piece, 3900) + "$ \n", kMaxText / 4);
    CAPTURE(piece);
    CHECK(took(text, ways[static_cast<size_t>(i) % ways.size()]) < kMoment);
  }
}

TEST_CASE("a hundred kinds of hostile answers are done with in a moment, bare, in a box and between dollars") {
  std::vector<std::string> kinds;
  for (const char* piece : {"(",
                            "{",
                            "[",
                            ")",
                            "}",
                            "\\{",
                            "\\left(",
                            "\\left[",
                            "\\frac{",
                            "\\frac{\\frac{",
                            "\\sqrt{",
                            "\\sqrt[",
                            "\\boxed{",
                            "\\fbox{",
                            "\\text{",
                            "\\mathrm{",
                            "^{",
                            "_{",
                            "9^",
                            "9^{",
                            "x^{",
                            "!",
                            "9!",
                            "(9!)",
                            "|",
                            "\\|",
                            "\\lfloor ",
                            "\\lceil ",
                            "\\binom{9}{",
                            "\\log_",
                            "\\log_{2}",
                            "\\sin",
                            "\\sin(",
                            "\\int",
                            "\\int_0^1 ",
                            "\\sum_{k=1}^{n} ",
                            "\\prod_{k=1}^{9} ",
                            "\\lim_{x \\to 0} ",
                            "\\begin{pmatrix}",
                            "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}",
                            "1&",
                            "1\\\\",
                            "\\cup ",
                            "\\{1,2\\}\\cup ",
                            "(0,1)\\cup ",
                            "[0,1]\\cap ",
                            "\\pm",
                            "1\\pm ",
                            "\\pm\\pm 1,",
                            "=",
                            "x=",
                            "x=1,",
                            "x<",
                            "1<",
                            "\\le ",
                            "\\in ",
                            ",",
                            "1,",
                            "1,234",
                            "1;",
                            "-",
                            "--1",
                            "+",
                            "1+",
                            "x+",
                            "2x+",
                            "*",
                            "2*",
                            "**",
                            "/",
                            "1/",
                            "\\div ",
                            ":",
                            "3:4",
                            "%",
                            "5%",
                            "5\\%",
                            "9",
                            "0",
                            ".",
                            "1.5",
                            "0.",
                            "1e9",
                            "1E9",
                            "\\cdot ",
                            "\\times ",
                            "$",
                            "$$",
                            "$1$",
                            "$x$ and ",
                            "$($",
                            "$\\frac{1}{$ ",
                            "\\(",
                            "\\)",
                            "\\(\\) ",
                            "\\[",
                            "\\[1\\] ",
                            "\\",
                            "\\\\",
                            "answer",
                            "answer: ",
                            "final answer is ",
                            "Final answer is: $",
                            "答案",
                            "答",
                            "½",
                            "∞",
                            "√",
                            "²",
                            " ",
                            "\n",
                            "\t",
                            "and ",
                            "or ",
                            " cm",
                            "\\text{ cm}",
                            "^\\circ",
                            "A. ",
                            "(A) "}) {
    kinds.emplace_back(piece);
  }
  CHECK(kinds.size() > 100);
  double slowest = 0;
  for (const std::string& kind : kinds) {
    for (const size_t bytes : {size_t{900}, size_t{3900}, size_t{8100}, kMaxText - 200, size_t{1'000'000}}) {
      const std::string many = filled(kind, bytes);
      for (const std::string& text : {many, "\\boxed{" + many + "}", "The answer is $" + many + "$."}) {
        double best = 1e9;
        for (int i = 0; i < 5 && best > kMoment / 6; ++i) {
          const std::clock_t start = std::clock();
          verify_math("$7777$", text);
          best = std::min(best, 1e3 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
        }
        slowest = std::max(slowest, best);
        CHECK_MESSAGE(best < kMoment, kind, " ", bytes, " bytes took ", best, " ms");
      }
    }
  }
  MESSAGE("the slowest took ", slowest, " ms");
}

TEST_CASE("a long text is judged by what it says, wherever it says it") {
  const std::string line = "We note that $a_{17} = 3 + 4$, which is 12 (or $x^2$), and go on; 3 of 5 remain.\n";
  std::string unbroken = line;
  unbroken.back() = ' ';
  const std::string before = filled(line, 120'000), after =
                                                        "That is all there was to show here, as was said at the "
                                                        "outset, and as a reader may see without more ado or help.\n" +
                                                        filled(line, 100'000);
  const auto holds = [](const std::string& text, const VerifyOptions& options = {}) {
    REQUIRE(text.size() < kMaxText);
    CHECK(equal("$42$", text, options));
    CHECK_FALSE(equal("$43$", text, options));
  };
  holds(before + "So it is $42$.\n");
  holds(before + "So it is\n$$42$$\n");
  holds(filled(unbroken, 200'000) + "So it is $42$.");
  holds(before + "Hence $n = \\boxed{42}$.\n" + after);
  holds(before + "\\[\n\\begin{aligned}\nn &= 6 \\cdot 7 \\\\\n&= \\boxed{42}\n\\end{aligned}\n\\]\n" + after);
  holds("\\boxed{41}\n" + before + "Hence \\boxed{42}.\n" + after);
  holds(before + "Final answer is $42$. I hope it is correct.\n" + after + "Answer: 40\n\\boxed{41}\n");
  holds(before + "The final answer is $42$.\n" + after + "Answer: 40\n");
  holds(before + "Answer: 42\n" + after);
  holds(before + "ANSWER: $42$\n" + after);
  holds(before + "so the answer = 42.\n" + after);
  holds(before + "\n**Answer:**\n\n$$\n42\n$$\n" + after);
  holds(filled(unbroken, 200'000) +
        "the answer is $42$ and that is all there was to show here, as was said at the outset, and as a "
        "reader may see without more ado or help. " +
        filled(unbroken, 20'000));
  holds("It costs \\$5. " + filled("We go on with what is known of it and see. ", 200'000) + "Hence it is $42$.");
  holds("It costs $5. " + filled("We go on with what is known of it and see. ", 200'000) + "Hence it is $42$.");
  VerifyOptions chinese;
  chinese.language = "chinese";
  holds(filled("我们注意到$a_{17}=3+4$，所以还剩12个。", 100'000) + "答案：42。" + filled("就是这样。", 400) +
            filled("再看$b$，", 50'000),
        chinese);
  VerifyOptions letters;
  letters.extract = Extract::choice_letter;
  CHECK(equal("B", before + "Answer: B\n" + after, letters));
  CHECK_FALSE(equal("C", before + "Answer: B\n" + after, letters));
  // What is cut off is no answer: a sum that is too long to be read, and what is left of it at the end.
  CHECK_FALSE(equal("$3$", "\\boxed{1+1+1" + filled("+0", 9'000) + "}"));
  CHECK_FALSE(equal("$3$", "Answer: $1+1+1" + filled("+0", 9'000) + "+1$"));
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
