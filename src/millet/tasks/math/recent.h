// What a long text says last: the parts of it in which an answer may stand.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "millet/tasks/math/language.h"

namespace millet::tasks::math {

inline constexpr size_t kShort = 8 << 10;  // bytes of a text that is looked through as it is

// The last lines of a longer text, and before them the last boxes and what follows the last words "answer", from their
// lines' beginnings: some 12 KiB at most, in the order of the text. `start`: its beginning too, where a letter may
// stand. Nothing of a short text. A formula that is longer than can be read is not cut to one that can.
std::optional<std::string> recent_parts(std::string_view text, const Language* language, bool start);

}  // namespace millet::tasks::math
