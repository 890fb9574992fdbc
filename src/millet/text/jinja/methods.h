// The methods of strings, lists and dicts that a template may call: all of Python's that change nothing.
#pragma once

#include <string_view>

#include "millet/text/jinja/parameters.h"

namespace millet::text::jinja {

// What object.name is where Python has such an attribute of this type: a method bound to the object, a number's part,
// a group's list. Methods that would change the object give an undefined value that says so. Null: no such attribute.
std::unique_ptr<Value> builtin_attribute(const Value& object, std::string_view name);

// string_methods.cc
struct Method {
  std::string_view name;
  Value (*call)(Evaluator&, const Value& self, const Bound& arguments) = nullptr;
  Parameters parameters;
  // Instead of `call`, for methods that take whatever comes.
  Value (*call_any)(Evaluator&, const Value& self, Arguments&& arguments) = nullptr;
};
const Method* find_string_method(std::string_view name);

}  // namespace millet::text::jinja
