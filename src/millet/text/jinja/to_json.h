// `tojson` as `transformers` sets it up: Python's json.dumps without ASCII escaping.
#pragma once

#include <optional>
#include <string>

#include "millet/text/jinja/value.h"

namespace millet::text::jinja {

struct JsonStyle {
  bool ensure_ascii = false;
  std::optional<std::string> indent;  // what one level is set in by; absent: one line
  std::string item_separator = ", ";  // ", " on one line, "," where each item has its own
  std::string key_separator = ": ";
  bool sort_keys = false;
};

// Throws Error: a value that JSON has no form for ("Object of type Undefined is not JSON serializable").
std::string to_json(const Value& value, const JsonStyle& style, Budget& budget);

}  // namespace millet::text::jinja
