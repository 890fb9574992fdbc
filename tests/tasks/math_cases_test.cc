// Thousands of pairs, kind by kind, judged as Math-Verify and NeMo-Skills judge them (tests/golden/math/make.py,
// make_raw.py), but for those below.
#include <doctest/doctest.h>

#include <filesystem>
#include <set>
#include <string>

#include "millet/io/jsonl.h"
#include "millet/tasks/math/verify.h"

using namespace millet;
using namespace millet::tasks::math;

namespace {

// gold | prediction: where we say otherwise, and why; docs/verify_math.md lists these for users.
const std::set<std::string> kOtherwise = {
    // the same number, written with a decimal exponent
    "$\\sqrt{2}$ | $2^{0.5}$",
    // the same inequality, multiplied or turned round
    "$x \\ge 5$ | $2x \\ge 10$",
    "$1<x<3$ | $3>x>1$",
    "$x \\ne 2$ | $2 \\ne x$",
    // behind a sign or a command there is no unit, so c and ab are letters
    "$x^2+C$ | $x^2 + c$",
    "$\\frac{a}{b}$ | $\\frac ab$",
    // a space decides there whether i is real
    "$-2i$ | $-2 i$",
    // a root in parentheses cannot be read there
    "$\\sqrt{10}$ | $\\sqrt(10)$",
    // a bound variable's name counts there
    "$\\int x\\,dx$ | $\\int y dy$",
    // the derivative of a letter by another is taken for 0 there
    "$\\frac{\\partial f}{\\partial x}$ | $\\frac{\\partial f}{\\partial y}$",
    // the bounds of an inequality are not its solutions
    "1<x<2 | 1,2",
    "1<x<2 | \\{1,2\\}",
    "1<x<2 | x=1, y=2",
    "1<x<2 | 1 \\text{ and } 2",
};

}  // namespace

TEST_CASE("pairs of every kind are judged as Math-Verify and NeMo-Skills judge them") {
  int judged = 0;
  std::set<std::string> seen;
  const auto judge = [&](const std::string& gold, const std::string& prediction, const VerifyOptions& options,
                         bool expected) {
    const std::string pair = gold + " | " + prediction;
    const Verdict verdict = verify_math(gold, prediction, options);
    CAPTURE(pair);
    CAPTURE(verdict.reason);
    const bool otherwise = kOtherwise.contains(pair);
    if (otherwise) seen.insert(pair);
    CHECK((verdict.equal == expected) == !otherwise);
    ++judged;
  };
  const auto judge_line = [&](const io::Json& json) {
    VerifyOptions options;
    if (!json.contains("golds")) {
      options.compare.precision = static_cast<int>(json.int_or("precision", 6));
      options.compare.strict = json.bool_or("strict", true);
      options.compare.allow_set_relation_comp = json.bool_or("allow_set_relation_comp", false);
      judge(json.at("gold").as_string(), json.at("prediction").as_string(), options, json.at("equal").as_int() == 1);
      return;
    }
    const io::Json& extract = json.at("extract");
    const std::string& first = extract.at(size_t{0}).as_string();
    options.extract = extract.size() == 2 ? Extract::latex_expression
                      : first == "raw"    ? Extract::raw
                      : first == "expr"   ? Extract::expression
                                          : Extract::latex;
    for (size_t g = 0; g < json.at("golds").size(); ++g) {
      const std::string verdicts = json.at("verdicts").at(g).as_string();
      for (size_t p = 0; p < verdicts.size(); ++p) {
        judge(json.at("golds").at(g).as_string(), json.at("predictions").at(p).as_string(), options,
              verdicts[p] == '1');
      }
    }
  };
  for (const char* file : {"cases.jsonl", "raw.jsonl"}) {
    io::JsonlReader reader(std::filesystem::path(MILLET_SOURCE_DIR) / "tests/golden/math" / file);
    while (const auto line = reader.next()) judge_line(line->value);
  }
  CHECK(judged == 2674 + 1952);
  CHECK(seen == kOtherwise);
}
