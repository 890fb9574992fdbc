// The nearest of some words to a mistyped one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millet {

// The candidate at the smallest edit distance from `word`, the first of equals; "" where none is within a third of the
// word's length (at least two edits), or within `most_edits`.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);
std::string nearest(std::string_view word, const std::vector<std::string>& candidates, size_t most_edits);

}  // namespace millet
