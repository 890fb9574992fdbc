#include "millet/text/jinja/operators.h"

#include <algorithm>
#include <cmath>

#include "millet/text/jinja/format.h"
#include "millet/text/jinja/print.h"
#include "millet/text/jinja/text.h"

namespace millet::text::jinja {
namespace {

[[noreturn]] void refuse(std::string_view operation, const Value& a, const Value& b) {
  fail("unsupported operand type(s) for {}: '{}' and '{}'", operation, a.type(), b.type());
}

[[noreturn]] void too_large() {
  fail("an integer does not fit into 64 bits");
}

// ---- numbers

Value integer_power(int64_t base, int64_t exponent) {
  if (exponent < 0) {
    require(base != 0, "0 cannot be raised to a negative power");
    return {std::pow(static_cast<double>(base), static_cast<double>(exponent))};
  }
  int64_t out = 1;
  for (; exponent > 0; exponent >>= 1) {
    if ((exponent & 1) != 0 && __builtin_mul_overflow(out, base, &out)) too_large();
    if (exponent > 1 && __builtin_mul_overflow(base, base, &base)) too_large();
  }
  return {out};
}

Value integers(std::string_view operation, int64_t a, int64_t b) {
  int64_t out = 0;
  bool over = false;
  if (operation == "**") return integer_power(a, b);
  if (operation == "+")
    over = __builtin_add_overflow(a, b, &out);
  else if (operation == "-")
    over = __builtin_sub_overflow(a, b, &out);
  else if (operation == "*")
    over = __builtin_mul_overflow(a, b, &out);
  else {
    require(b != 0, "{} by zero", operation == "/" ? "division" : "integer division or modulo");
    if (operation == "/") return {static_cast<double>(a) / static_cast<double>(b)};
    if (b == -1) {  // the one quotient that overflows
      if (operation == "%") return {int64_t{0}};
      over = __builtin_sub_overflow(int64_t{0}, a, &out);
    } else {
      // Towards minus infinity: the remainder has the divisor's sign.
      const int64_t remainder = a % b;
      const bool adjust = remainder != 0 && (remainder < 0) != (b < 0);
      out = operation == "%" ? remainder + (adjust ? b : 0) : a / b - (adjust ? 1 : 0);
    }
  }
  if (over) too_large();
  return {out};
}

Value reals(std::string_view operation, double a, double b) {
  if (operation == "+") return {a + b};
  if (operation == "-") return {a - b};
  if (operation == "*") return {a * b};
  if (operation == "**") {
    require(a != 0 || b >= 0 || std::isinf(b), "0.0 cannot be raised to a negative power");
    require(a >= 0 || b == std::floor(b), "a negative number has no real power of {}", b);
    const double out = std::pow(a, b);
    require(!std::isinf(out) || std::isinf(a) || std::isinf(b), "the result of ** is too large");
    return {out};
  }
  require(b != 0, "float {} by zero", operation == "/" ? "division" : "floor division or modulo");
  if (operation == "/") return {a / b};
  double remainder = std::fmod(a, b);
  double quotient = (a - remainder) / b;
  if (remainder != 0) {
    if ((b < 0) != (remainder < 0)) {
      remainder += b;
      quotient -= 1.0;
    }
  } else {
    remainder = std::copysign(0.0, b);
  }
  if (operation == "%") return {remainder};
  double whole = std::floor(quotient);
  if (quotient - whole > 0.5) whole += 1.0;
  return {quotient == 0 ? std::copysign(0.0, a / b) : whole};
}

// ---- sequences

Value joined(const Value& a, const Value& b, Budget& budget) {
  const bool safe = a.is_safe() || b.is_safe();
  const std::string x = safe ? escaped(a, budget).text() : a.text();
  const std::string y = safe ? escaped(b, budget).text() : b.text();
  budget.make(x.size() + y.size());
  return {x + y, safe};
}

Value joined_lists(const Value& a, const Value& b, Budget& budget) {
  const Values &x = a.list()->items(), &y = b.list()->items();
  budget.make((x.size() + y.size()) * sizeof(Value));
  Values out = x;
  out.insert(out.end(), y.begin(), y.end());
  return List::make(std::move(out), a.is_list() ? List::Kind::list : List::Kind::tuple);
}

Value repeated(const Value& sequence, int64_t times, Budget& budget) {
  const auto n = static_cast<size_t>(std::max<int64_t>(times, 0));
  const size_t bytes = sequence.is_text() ? sequence.text().size() : sequence.list()->items().size() * sizeof(Value);
  require(bytes == 0 || n <= size_t{1} << 40, "a sequence is repeated too often");
  budget.make(bytes * (bytes == 0 ? 0 : n));
  if (sequence.is_text()) {
    std::string out;
    out.reserve(bytes * (bytes == 0 ? 0 : n));
    while (bytes > 0 && out.size() < bytes * n)
      out.append(out.empty() ? sequence.text() : out, 0, bytes * n - out.size());
    return {std::move(out), sequence.is_safe()};
  }
  Values out;
  for (size_t i = 0; i < n && bytes > 0; ++i) {
    out.insert(out.end(), sequence.list()->items().begin(), sequence.list()->items().end());
  }
  return List::make(std::move(out), sequence.is_list() ? List::Kind::list : List::Kind::tuple);
}

bool is_joinable(const Value& value) {
  return value.is_text() || value.is_list() || value.is_tuple();
}

}  // namespace

Value arithmetic(std::string_view operation, const Value& a, const Value& b, Budget& budget) {
  if (operation == "%" && a.is_text()) return percent_format(a, b, budget);
  require_defined(a);
  require_defined(b);
  if (operation == "-**") {
    const bool minus = a.is_number() && (a.is_integral() ? a.integer() < 0 : std::signbit(a.number()));
    return minus ? negated(arithmetic("**", negated(a), b, budget)) : arithmetic("**", a, b, budget);
  }
  if (a.is_number() && b.is_number()) {
    return a.is_integral() && b.is_integral() ? integers(operation, a.integer(), b.integer())
                                              : reals(operation, a.number(), b.number());
  }
  if (operation == "+") {
    if (a.is_text() && b.is_text()) return joined(a, b, budget);
    if ((a.is_list() && b.is_list()) || (a.is_tuple() && b.is_tuple())) return joined_lists(a, b, budget);
    if (is_joinable(a)) fail("can only concatenate {0} (not \"{1}\") to {0}", a.type(), b.type());
  }
  if (operation == "*") {
    if (is_joinable(a) && b.is_integral()) return repeated(a, b.integer(), budget);
    if (is_joinable(b) && a.is_integral()) return repeated(b, a.integer(), budget);
  }
  refuse(operation, a, b);
}

Value negated(const Value& value) {
  require_defined(value);
  if (value.is_integral()) return integers("-", 0, value.integer());
  if (value.is_number()) return {-value.number()};
  fail("bad operand type for unary -: '{}'", value.type());
}

Value positive(const Value& value) {
  require_defined(value);
  if (value.is_integral()) return {value.integer()};
  if (value.is_number()) return value;
  fail("bad operand type for unary +: '{}'", value.type());
}

bool contains(const Value& container, const Value& item, Budget& budget) {
  if (container.is_text()) {
    require(item.is_text(), "'in <string>' requires string as left operand, not {}", item.type());
    budget.look(container.text().size() + item.text().size());
    return find_in(container.text(), item.text()) != std::string_view::npos;
  }
  if (const Dict* dict = container.dict()) {
    budget.look(key_size(item));
    return dict->find(item) != nullptr;
  }
  require(is_iterable(container), "argument of type '{}' is not iterable", container.type());
  Value other;
  for (const Iterator next = iterate(container); next(other);) {
    if ((!item.is_text() && item.same(other)) || equal(item, other, budget)) return true;
  }
  return false;
}

bool compare(std::string_view operation, const Value& a, const Value& b, Budget& budget) {
  if (operation == "==") return equal(a, b, budget);
  if (operation == "!=") return !equal(a, b, budget);
  if (operation == "in") return contains(b, a, budget);
  if (operation == "not in") return !contains(b, a, budget);
  // A NaN is neither less nor equal nor greater.
  const bool nan = (a.is_number() && std::isnan(a.number())) || (b.is_number() && std::isnan(b.number()));
  if (nan && a.is_number() && b.is_number()) return false;
  if (operation == "<") return less(a, b, budget);
  if (operation == ">") return less(b, a, budget);
  if (operation == "<=") return !less(b, a, budget);
  return !less(a, b, budget);
}

// ---- items

static std::optional<int64_t> bound(const Value& value) {
  require_defined(value);
  if (value.is_none() || value.is_missing()) return {};
  require(value.is_integral(), "slice indices must be integers or None, not {}", value.type());
  return value.integer();
}

Value slice(const Value& object, const Value& start, const Value& stop, const Value& step, Budget& budget) {
  require_defined(object);
  const List* list = object.list();
  require(object.is_text() || (list != nullptr && !list->is_view()), "'{}' object cannot be sliced", object.type());
  if (object.is_text()) budget.look(object.text().size());
  const Slice cut = slice_of(bound(start), bound(stop), bound(step), length(object));
  const auto count = static_cast<size_t>(cut.count);
  if (list != nullptr) {
    budget.make(count * sizeof(Value));
    Values out;
    out.reserve(count);
    int64_t at = cut.start;
    for (size_t i = 0; i < count; ++i, at += i < count ? cut.step : 0)
      out.push_back(list->items()[static_cast<size_t>(at)]);
    if (list->kind() != List::Kind::range) {
      return List::make(std::move(out), list->is_tuple() ? List::Kind::tuple : list->kind());
    }
    auto range = std::make_shared<List>(List::Kind::range, std::move(out));
    // Unsigned, because a bound behind the last item may lie outside of 64 bits.
    auto at_index = [&](int64_t index) {
      return static_cast<int64_t>(static_cast<uint64_t>(list->bounds[0]) +
                                  static_cast<uint64_t>(index) * static_cast<uint64_t>(list->bounds[2]));
    };
    const uint64_t by = static_cast<uint64_t>(list->bounds[2]) * static_cast<uint64_t>(cut.step);
    range->bounds = {at_index(cut.start), at_index(cut.stop), static_cast<int64_t>(by)};
    return Value(std::shared_ptr<const List>(std::move(range)));
  }
  const std::string& text = object.text();
  if (cut.step == 1) {
    const size_t from = byte_of_character(text, cut.start);
    std::string out = text.substr(from, byte_of_character(std::string_view(text).substr(from), cut.count));
    budget.make(out.size());
    return {std::move(out), object.is_safe()};
  }
  budget.make(text.size() * sizeof(std::string_view));
  const std::vector<std::string_view> characters = characters_of(text);
  std::string out;
  int64_t at = cut.start;
  for (size_t i = 0; i < count; ++i, at += i < count ? cut.step : 0) out += characters[static_cast<size_t>(at)];
  return {std::move(out), object.is_safe()};
}

std::unique_ptr<Value> item(const Value& object, const Value& index, Budget& budget) {
  auto found = [](Value value) { return std::make_unique<Value>(std::move(value)); };
  if (const Dict* dict = object.dict()) {
    if (!is_hashable(index)) return nullptr;
    budget.look(key_size(index));
    const Value* value = dict->find(index);
    return value == nullptr ? nullptr : found(*value);
  }
  if (!index.is_integral()) return nullptr;
  int64_t i = index.integer();
  if (const List* list = object.list(); list != nullptr && !list->is_view()) {
    const auto size = static_cast<int64_t>(list->items().size());
    if (i < 0) i += size;
    return i < 0 || i >= size ? nullptr : found(list->items()[static_cast<size_t>(i)]);
  }
  if (!object.is_text()) return nullptr;
  budget.look(object.text().size());
  const int64_t size = length(object);
  if (i < 0) i += size;
  if (i < 0 || i >= size) return nullptr;
  const size_t from = byte_of_character(object.text(), i);
  const std::string_view rest = std::string_view(object.text()).substr(from);
  return found(Value(std::string(rest.substr(0, byte_of_character(rest, 1))), object.is_safe()));
}

}  // namespace millet::text::jinja
