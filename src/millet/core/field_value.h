// The value of a config field, as TOML or `--set` gives it and as TOML writes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace millet {

// Integers convert to double where the field is one.
using FieldValue = std::variant<bool, int64_t, double, std::string, std::vector<std::string>, std::vector<double>>;

// The type of a value that holds alternative `index`: "bool", "int", "float", "string", "list of strings", "list of
// floats".
std::string_view type_name(size_t index);

std::string to_string(const FieldValue& value);  // as TOML writes it; reads back to the same value
std::string toml_quoted(std::string_view text);  // a basic string, with its quotes

// Reads the text of `--set key=text` as the type of alternative `index`. A string is taken as it stands, unless it is
// quoted as a TOML basic string; lists are [a, b] or a,b. Throws Error naming `key`.
FieldValue read_field_value(std::string_view key, size_t index, std::string_view text);

}  // namespace millet
