// Is a text UTF-8?
#pragma once

#include <cstddef>
#include <string_view>

namespace millet::io {

// The offset of the first byte that is not part of a well-formed character (Unicode 15, table 3-7: no surrogates, no
// overlong forms, nothing beyond U+10FFFF), or npos.
size_t invalid_utf8(std::string_view text);

}  // namespace millet::io
