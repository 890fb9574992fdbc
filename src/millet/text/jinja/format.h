// Python's two ways to put values into a text: "%s %.2f" % values, and "{} {name:>8}".format(…).
#pragma once

#include <string_view>

#include "millet/text/jinja/value.h"

namespace millet::text::jinja {

// text % values: a tuple gives one after another, a dict by name, anything else is the one value.
Value percent_format(const Value& text, const Value& values, Budget& budget);

// text.format(*positional, **keywords).
Value brace_format(Evaluator& evaluator, const Value& text, const Arguments& values);

// Python's format(value, spec): "[[fill]align][sign][#][0][width][,][.precision][type]".
std::string formatted(const Value& value, std::string_view spec, Budget& budget);

// A number with so many digits behind the point, correctly rounded.
std::string fixed(double value, int64_t precision);

}  // namespace millet::text::jinja
