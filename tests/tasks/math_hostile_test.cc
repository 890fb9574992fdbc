// Hostile and long answers: none takes longer than a moment, and long ones are judged by what they say.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "millet/tasks/math/extract.h"
#include "millet/tasks/math/verify.h"

using namespace millet;
using namespace millet::tasks::math;

static bool equal(const std::string& gold, const std::string& prediction, VerifyOptions options = {}) {
  return verify_math(gold, prediction, options).equal;
}

// Milliseconds. Alone it is about one (bench/hostile_answers.py); six leave room for a slower machine.
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
