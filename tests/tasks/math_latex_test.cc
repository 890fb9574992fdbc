// LaTeX as SymPy understands it (tests/golden/math/make_latex.py), and what must be refused.
#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <string>

#include "millet/io/jsonl.h"
#include "millet/tasks/math/evaluate.h"
#include "millet/tasks/math/latex_parser.h"

using namespace millet;
using namespace millet::tasks::math;

namespace {

using Bound = std::map<std::string, Complex>;

const std::map<std::string, Kind> kKinds = {{"finite_set", Kind::finite_set}, {"function", Kind::function},
                                            {"relation", Kind::relation},     {"add", Kind::add},
                                            {"infinity", Kind::constant},     {"empty", Kind::named_set}};

// Empty: the expression is what is described; else what differs.
std::string difference(const Expression& e, const io::Json& wanted, const Bound& at) {
  if (const io::Json* value = wanted.find("value")) {
    Budget budget(100'000);
    const auto got = value_with(e, at, 0, budget);
    if (!got) return "no value";
    const Complex gap = *got - Complex(value->at(size_t{0}).as_double(), value->at(1).as_double());
    return std::abs(gap) <= 1e-12L * (1 + std::abs(*got)) ? "" : "another value";
  }
  if (const io::Json* cells = wanted.find("matrix")) {
    const auto m = matrix_value(e);
    if (!m || m->arguments.size() != cells->size()) return "another shape";
    if (static_cast<int64_t>(m->columns) != wanted.at("columns").as_int()) return "other columns";
    for (size_t i = 0; i < cells->size(); ++i) {
      const std::string cell = difference((*m)[i], cells->at(i), at);
      if (!cell.empty()) return cell;
    }
    return "";
  }
  const std::string kind = wanted.at("kind").as_string();
  if (kind == "infinity") return is_infinite(e) || (e.is(Kind::percent) && is_infinite(e[0])) ? "" : "not infinite";
  if (e.kind != kKinds.at(kind)) return "another kind";
  if (wanted.contains("size") && static_cast<int64_t>(e.arguments.size()) != wanted.at("size").as_int()) return "size";
  if (wanted.contains("name") && e.name != wanted.at("name").as_string()) return "name";
  const io::Json* parts = wanted.find("parts");
  if (parts == nullptr) return "";
  if (e.arguments.size() != parts->size() + 1) return "other parts";
  if (e[1].name != wanted.at("variable").as_string()) return "another variable";
  for (size_t i = 0; i < parts->size(); ++i) {
    const std::string part = difference(e[i == 0 ? 0 : i + 1], parts->at(i), at);
    if (!part.empty()) return part;
  }
  return "";
}

}  // namespace

TEST_CASE("each expression means what SymPy makes of it, and each of the others is refused") {
  io::JsonlReader reader(std::filesystem::path(MILLET_SOURCE_DIR) / "tests/golden/math/latex.jsonl");
  Bound at;
  const auto first = reader.next();
  for (const auto& [name, value] : first->value.at("at").members()) at[name] = Complex(value.as_double());
  int cases = 0;
  while (const auto line = reader.next()) {
    const std::string latex = line->value.at("latex").as_string();
    CAPTURE(latex);
    const auto parsed = parse_latex(latex);
    ++cases;
    CHECK(parsed.has_value() == line->value.at("ok").as_bool());
    if (!parsed || !line->value.at("ok").as_bool()) continue;
    CAPTURE(shown(*parsed));
    CHECK(difference(*parsed, line->value, at) == "");
  }
  CHECK(cases == 162);
}

TEST_CASE("depth, length and the number of tokens are bounded") {
  const std::string deep = std::string(100'000, '(') + "1" + std::string(100'000, ')');
  CHECK_FALSE(parse_latex(deep));
  const auto nested = [](int n, const std::string& open, const std::string& close) {
    std::string out = "1";
    for (int i = 0; i < n; ++i) out = open + out + close;
    return out;
  };
  CHECK(parse_latex(nested(20, "(", ")")));
  CHECK_FALSE(parse_latex(nested(1000, "(", ")")));
  CHECK_FALSE(parse_latex(nested(300, "\\frac{", "}{2}")));
  CHECK_FALSE(parse_latex(nested(900, "|", "|")));
  std::string tower;
  for (int i = 0; i < 450; ++i) tower += "x^";
  CHECK(parse_latex(tower + "x"));
  for (const char* cut : {"2x\\frac", "\\frac{1}", "\\sum_", "\\int_0^", "\\lim_{x", "\\begin{matrix}1&", "x^", "f(",
                          "\\operatorname{"}) {
    CAPTURE(cut);
    CHECK_FALSE(parse_latex(cut));  // a text that ends too early
  }
}
