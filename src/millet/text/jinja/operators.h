// Python's operators on values.
#pragma once

#include <string_view>

#include "millet/text/jinja/value.h"

namespace millet::text::jinja {

// operation: + - * / // % **. Throws Error: types that do not go together, division by zero, beyond 64 bits.
Value arithmetic(std::string_view operation, const Value& a, const Value& b, Budget& budget);
Value negated(const Value& value);
Value positive(const Value& value);

// operation: == != < <= > >= in, not in.
bool compare(std::string_view operation, const Value& a, const Value& b, Budget& budget);
bool contains(const Value& container, const Value& item, Budget& budget);

// object[start:stop:step]; none for what is left out.
Value slice(const Value& object, const Value& start, const Value& stop, const Value& step, Budget& budget);

// object[index] of a string, list or dict; null: there is no such item.
std::unique_ptr<Value> item(const Value& object, const Value& index, Budget& budget);

}  // namespace millet::text::jinja
