#include "millet/text/mark_guard.h"

#include <algorithm>

#include "millet/core/error.h"

namespace millet::text {
namespace {

// The bytes of the longest mark that begins the text; 0: none does.
size_t mark_at(const std::vector<std::string>& marks, std::string_view text) {
  size_t longest = 0;
  if (text.empty()) return longest;
  auto it = std::lower_bound(marks.begin(), marks.end(), text.substr(0, 1));
  for (; it != marks.end() && it->front() == text.front(); ++it) {
    if (text.starts_with(*it)) longest = std::max(longest, it->size());
  }
  return longest;
}

// Is the text the beginning of a mark, and not all of it?
bool begins_mark(const std::vector<std::string>& marks, std::string_view text) {
  const auto it = std::upper_bound(marks.begin(), marks.end(), text);
  return it != marks.end() && it->starts_with(text);
}

size_t character_size(std::string_view text, size_t at) {
  size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
  return end - at;
}

// Does no mark begin in the middle of this one?
bool stands_apart(const std::vector<std::string>& marks, std::string_view text, size_t begin, size_t size) {
  for (size_t at = begin + 1; at < begin + size; ++at) {
    if (mark_at(marks, text.substr(at)) > 0) return false;
  }
  return true;
}

// The end of the text, where it is the beginning of a mark, spaces behind it aside: a template may take these away.
size_t open_end(std::string_view text, const std::vector<std::string>& marks) {
  size_t longest = 0;
  for (const std::string& mark : marks) longest = std::max(longest, mark.size());
  const size_t last = text.find_last_not_of(" \t\r\n");
  for (const size_t end : {text.size(), last == std::string_view::npos ? 0 : last + 1}) {
    for (size_t size = 1; size <= std::min(end, longest); ++size) {
      if (begins_mark(marks, text.substr(end - size, size))) return end;
    }
  }
  return std::string_view::npos;
}

}  // namespace

// U+FDD0 … U+FDEF are nobody's.
MarkGuard MarkGuard::for_texts(std::string_view texts) {
  std::vector<std::string> free;
  for (char last = '\x90'; last < '\xB0' && free.size() < 3; ++last) {
    std::string character = std::string("\xEF\xB7") + last;
    if (texts.find(character) == std::string_view::npos) free.push_back(std::move(character));
  }
  require(free.size() == 3,
          "the messages hold nearly all noncharacters from U+FDD0 to U+FDEF: leave three of them out");
  return {.inside = free[0], .before = free[1], .after = free[2]};
}

std::string guarded(std::string_view text, const std::vector<std::string>& marks, const MarkGuard& guard) {
  const size_t open = open_end(text, marks);
  std::string out;
  for (size_t at = 0; at < text.size();) {
    if (at == open) out += guard.inside;
    size_t size = mark_at(marks, text.substr(at));
    const bool first = at == 0, last = at + size == text.size();
    if (size > 0 && first != last && stands_apart(marks, text, at, size)) {
      out += last ? guard.before : "";
      out += text.substr(at, size);
      out += first ? guard.after : "";
      at += size;
      continue;
    }
    const bool mark = size > 0;
    size = character_size(text, at);
    out += text.substr(at, size);
    if (mark) out += guard.inside;
    at += size;
  }
  if (open == text.size()) out += guard.inside;
  return out;
}

std::string unguarded(std::string_view text, const MarkGuard& guard) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t size = character_size(text, at);
    const std::string_view character = text.substr(at, size);
    if (character != guard.inside && character != guard.before && character != guard.after) out += character;
    at += size;
  }
  return out;
}

}  // namespace millet::text
