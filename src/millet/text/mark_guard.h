// Marks in what people wrote are kept apart from those that a template writes: characters of nobody stand beside them
// while both are in one text, and are taken out when it is encoded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millet::text {

// Three noncharacters of Unicode.
struct MarkGuard {
  std::string inside;  // in a mark: so it is not found
  std::string before;  // the mark that follows is text
  std::string after;   // the mark that it follows is text

  // Of characters that `texts` does not hold. Throws Error: it holds nearly all noncharacters.
  static MarkGuard for_texts(std::string_view texts);

  bool empty() const { return inside.empty(); }
};

// The text with all its marks guarded; `marks` are sorted spellings. A text that begins or ends with a mark still does,
// as templates look at such; elsewhere marks are broken. So is the beginning of a mark at the text's end, which another
// text might complete.
std::string guarded(std::string_view text, const std::vector<std::string>& marks, const MarkGuard& guard);

std::string unguarded(std::string_view text, const MarkGuard& guard);

}  // namespace millet::text
