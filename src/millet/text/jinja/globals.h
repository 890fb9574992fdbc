// The functions and objects that every template finds: Jinja's own and those of `transformers`.
#pragma once

#include <string_view>

#include "millet/text/jinja/value.h"

namespace millet::text::jinja {

// Missing: there is none of that name.
Value global(std::string_view name);

}  // namespace millet::text::jinja
