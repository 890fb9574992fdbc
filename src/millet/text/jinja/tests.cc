#include "millet/text/jinja/tests.h"

#include <algorithm>
#include <span>

#include "millet/text/jinja/evaluator.h"
#include "millet/text/jinja/filters.h"
#include "millet/text/jinja/operators.h"
#include "millet/text/jinja/print.h"
#include "millet/text/jinja/text.h"

namespace millet::text::jinja {
namespace {

struct Test {
  std::string_view name;
  bool (*holds)(Evaluator&, const Value& value, const Value& other);
  size_t others = 0;  // arguments
};

bool remainder_is(Evaluator& e, const Value& value, const Value& divisor, int64_t remainder) {
  return equal(arithmetic("%", value, divisor, e.budget()), Value(remainder), e.budget());
}

template <int operation>
bool compared(Evaluator& e, const Value& value, const Value& other) {
  static constexpr std::string_view signs[] = {"==", "!=", ">", ">=", "<", "<="};
  return compare(signs[operation], value, other, e.budget());
}

// As a text whose letters are looked at.
std::string cased(Evaluator& e, const Value& value) {
  std::string out = str(value, e.budget());
  e.budget().read(out.size());
  return out;
}

bool is_sequence(const Value& value) {
  const List* list = value.list();
  return value.is_text() || value.is_dict() || value.is_undefined() || (list != nullptr && !list->is_view());
}

// Python looks for it in a dict.
bool is_known(const Value& name, bool (*known)(std::string_view)) {
  require(is_hashable(name), "unhashable type: '{}'", name.type());
  return name.is_text() && known(name.text());
}

std::span<const Test> tests() {
  using E = Evaluator&;
  using V = const Value&;
  static const Test rows[] = {
      {"boolean", [](E, V v, V) { return v.is_bool(); }},
      {"callable", [](E, V v, V) { return v.is_undefined() || (v.object() != nullptr && v.object()->callable()); }},
      {"defined", [](E, V v, V) { return !v.is_undefined(); }},
      {"divisibleby", [](E e, V v, V by) { return remainder_is(e, v, by, 0); }, 1},
      {"escaped", [](E, V v, V) { return v.is_safe(); }},
      {"even", [](E e, V v, V) { return remainder_is(e, v, Value(int64_t{2}), 0); }},
      {"false", [](E, V v, V) { return v.is_bool() && !v.boolean(); }},
      {"filter", [](E, V v, V) { return is_known(v, is_filter); }},
      {"float", [](E, V v, V) { return v.kind() == Value::Kind::real; }},
      {"in", [](E e, V v, V container) { return contains(container, v, e.budget()); }, 1},
      {"integer", [](E, V v, V) { return v.is_int() || large_integer(v) != nullptr; }},
      {"iterable", [](E, V v, V) { return is_iterable(v); }},
      {"lower", [](E e, V v, V) { return is_lower(cased(e, v)); }},
      {"mapping", [](E, V v, V) { return v.is_dict(); }},
      {"none", [](E, V v, V) { return v.is_none(); }},
      {"number", [](E, V v, V) { return v.is_number() || large_integer(v) != nullptr; }},
      {"odd", [](E e, V v, V) { return remainder_is(e, v, Value(int64_t{2}), 1); }},
      {"sameas",
       [](E e, V v, V other) {
         if (v.is_text()) e.budget().look(v.text().size());
         return v.same(other);
       },
       1},
      {"sequence", [](E, V v, V) { return is_sequence(v); }},
      {"string", [](E, V v, V) { return v.is_text(); }},
      {"test", [](E, V v, V) { return is_known(v, is_test); }},
      {"true", [](E, V v, V) { return v.is_bool() && v.boolean(); }},
      {"undefined", [](E, V v, V) { return v.is_undefined(); }},
      {"upper", [](E e, V v, V) { return is_upper(cased(e, v)); }},
      {"==", compared<0>, 1},
      {"eq", compared<0>, 1},
      {"equalto", compared<0>, 1},
      {"!=", compared<1>, 1},
      {"ne", compared<1>, 1},
      {">", compared<2>, 1},
      {"gt", compared<2>, 1},
      {"greaterthan", compared<2>, 1},
      {">=", compared<3>, 1},
      {"ge", compared<3>, 1},
      {"<", compared<4>, 1},
      {"lt", compared<4>, 1},
      {"lessthan", compared<4>, 1},
      {"<=", compared<5>, 1},
      {"le", compared<5>, 1},
  };
  return rows;
}

const Test* find(std::string_view name) {
  const auto rows = tests();
  const auto at = std::find_if(rows.begin(), rows.end(), [&](const Test& row) { return row.name == name; });
  return at == rows.end() ? nullptr : &*at;
}

}  // namespace

bool is_test(std::string_view name) {
  return find(name) != nullptr;
}

bool test(Evaluator& evaluator, std::string_view name, const Value& subject, Arguments&& arguments) {
  const Test* row = find(name);
  require(row != nullptr, "there is no test '{}'", name);
  // The names of their parameters: `is divisibleby(num=3)`.
  for (auto& [key, value] : arguments.keywords) {
    require(key == (name == "divisibleby" ? "num"
                    : name == "in"        ? "seq"
                                          : "other"),
            "the test '{}' has no parameter '{}'", name, key);
    arguments.positional.push_back(std::move(value));
  }
  require(arguments.positional.size() == row->others, "the test '{}' takes {} arguments, {} are given", name,
          row->others, arguments.positional.size());
  return row->holds(evaluator, subject, row->others == 0 ? subject : arguments.positional[0]);
}

}  // namespace millet::text::jinja
