#include "millet/text/jinja/parameters.h"

#include <algorithm>

namespace millet::text::jinja {

Bound::Bound(std::string_view function, const Parameters& parameters, Arguments&& arguments)
    : function_(function), names_(parameters.names), values_(parameters.names.size()) {
  require(arguments.positional.size() <= names_.size(), "{} takes at most {} arguments, {} are given", function,
          names_.size(), arguments.positional.size());
  std::move(arguments.positional.begin(), arguments.positional.end(), values_.begin());
  for (auto& [name, value] : arguments.keywords) {
    const auto at = std::find(names_.begin(), names_.end(), name);
    require(at != names_.end(), "{} has no parameter '{}'", function, name);
    Value& into = values_[static_cast<size_t>(at - names_.begin())];
    require(into.is_missing(), "{} gets '{}' twice", function, name);
    into = std::move(value);
  }
  for (size_t i = 0; i < parameters.required; ++i) require(has(i), "{} lacks its argument '{}'", function, names_[i]);
}

int64_t Bound::integer_or(size_t i, int64_t fallback) const {
  if (!has(i)) return fallback;
  require_defined(values_[i]);
  require(values_[i].is_integral(), "{}: '{}' must be an integer, is {}", function_, names_[i], values_[i].type());
  return values_[i].integer();
}

const std::string& Bound::text(size_t i) const {
  require(values_[i].is_text(), "{}: '{}' must be a str, is {}", function_, names_[i], values_[i].type());
  return values_[i].text();
}

}  // namespace millet::text::jinja
