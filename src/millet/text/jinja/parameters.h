// How the arguments of a call meet the parameters of a function, as Python binds them.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "millet/text/jinja/value.h"

namespace millet::text::jinja {

// The names of a function's parameters in their order; the first `required` have no default.
struct Parameters {
  std::initializer_list<std::string_view> names;
  size_t required = 0;
};

// Arguments in the order of the parameters; what was not given is missing.
class Bound {
 public:
  // Throws Error naming the function: too many arguments, unknown names, missing ones.
  Bound(std::string_view function, const Parameters& parameters, Arguments&& arguments);

  bool has(size_t i) const { return !values_[i].is_missing(); }
  const Value& operator[](size_t i) const { return values_[i]; }
  // Given, and not None.
  bool is_set(size_t i) const { return has(i) && !values_[i].is_none(); }

  bool truth_or(size_t i, bool fallback) const { return has(i) ? truth(values_[i]) : fallback; }
  int64_t integer_or(size_t i, int64_t fallback) const;  // throws Error: it is no integer
  // Its text; throws Error: it is no text.
  const std::string& text(size_t i) const;

 private:
  std::string_view function_;
  std::vector<std::string_view> names_;
  Values values_;
};

}  // namespace millet::text::jinja
