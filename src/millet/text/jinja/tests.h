// The tests of Jinja: what stands behind `is`.
#pragma once

#include <string_view>

#include "millet/text/jinja/value.h"

namespace millet::text::jinja {

bool is_test(std::string_view name);
// Throws Error: there is none of that name, the arguments do not fit, or the values cannot be compared.
bool test(Evaluator& evaluator, std::string_view name, const Value& subject, Arguments&& arguments);

}  // namespace millet::text::jinja
