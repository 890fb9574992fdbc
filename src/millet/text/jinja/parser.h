// A template's text → its tree.
#pragma once

#include <string_view>

#include "millet/text/jinja/ast.h"

namespace millet::text::jinja {

// Throws Error "line N: what": it is no template, or nested deeper than anything that is meant.
Template parse(std::string_view source);

}  // namespace millet::text::jinja
