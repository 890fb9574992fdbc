// TOML (toml++ 3.3): reads a recipe into config fields.
#pragma once

#include <filesystem>
#include <string_view>

#include "millet/core/fields.h"

namespace millet::io {

// Sets every key of the file, in the file's order, with the origin "path:line". Tables and inline tables become dotted
// keys: `lr = { peak = 1e-3 }` sets "lr.peak". Arrays hold strings alone or numbers alone.
// Throws Error "path:line:column: what": bad syntax, an unknown key (with the nearest known one), a wrong type or
// choice, dates, NaN; and Error for a file that is missing.
void read_toml(const std::filesystem::path& path, Fields& fields);

// The same from text; `name` stands for the path.
void read_toml_text(std::string_view text, std::string_view name, Fields& fields);

}  // namespace millet::io
