// Values as text: Python's str() and repr().
#pragma once

#include <string>

#include "millet/text/jinja/value.h"

namespace millet::text::jinja {

// 'a' of text is a; undefined is empty; True, None, [1, 'a'], {'a': 1.0}.
std::string str(const Value& value, Budget& budget);
std::string repr(const Value& value, Budget& budget);

// repr() with everything beyond ASCII escaped.
std::string ascii(const Value& value, Budget& budget);

// The shortest digits that read back the same: 1.0, 0.1, 1e-05, 1e+16, nan.
std::string repr(double value);
// A string in quotes, as Python's source would have it.
std::string in_quotes(std::string_view text);
std::string in_quotes(std::string_view text, Budget& budget);  // the same of a text of any length
// So much of it as a message can show.
std::string_view beginning_of(std::string_view text);

// str() as Jinja's filters take it: text stays as it is, marked as safe or not.
Value soft_str(const Value& value, Budget& budget);
// & < > " ' as HTML entities.
std::string escape_html(std::string_view text);
// The escaped text, marked as safe; what is safe already stays.
Value escaped(const Value& value, Budget& budget);

}  // namespace millet::text::jinja
