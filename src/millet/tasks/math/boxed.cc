#include "millet/tasks/math/boxed.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace millet::tasks::math {

namespace {

constexpr size_t kNone = std::string_view::npos;
constexpr size_t kTouching = 10;  // bytes between boxes that belong together whatever they are
constexpr size_t kNear = 70;      // and if a comma or a word joins them

bool blank(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}

std::string_view stripped(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// The brace that closes the one at `open`, before `end`.
size_t closing(std::string_view text, size_t open, size_t end) {
  int depth = 0;
  for (size_t i = open; i < end; ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return i;
  }
  return kNone;
}

bool is_word_at(std::string_view text, size_t at, std::string_view word) {
  if (text.substr(at, word.size()) != word) return false;
  const auto letter = [&](size_t i) {
    return std::isalnum(static_cast<unsigned char>(text[i])) != 0 || text[i] == '_';
  };
  return (at == 0 || !letter(at - 1)) && (at + word.size() >= text.size() || !letter(at + word.size()));
}

bool joins(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',' || text[i] == ';' || is_word_at(text, i, "and") || is_word_at(text, i, "or")) return true;
  }
  return false;
}

// The last \boxed or \fbox that ends before `end`, and where its command ends.
size_t last_command(std::string_view text, size_t end, size_t& after) {
  for (size_t at = end; at-- > 0;) {
    if (text[at] != '\\') continue;
    const std::string_view rest = text.substr(at, end - at);
    const size_t size = rest.starts_with("\\boxed") ? 6 : rest.starts_with("\\fbox") ? 5 : 0;
    if (size == 0) continue;
    after = at + size;
    return at;
  }
  return kNone;
}

}  // namespace

std::optional<std::string> last_boxed(std::string_view text) {
  for (size_t end = text.size(), after = 0;;) {
    const size_t at = last_command(text, end, after);
    if (at == kNone) return std::nullopt;
    const size_t open = text.find_first_not_of(" \t\r\n", after);
    if (open != kNone && text[open] == '{') {
      const size_t close = closing(text, open, text.size());
      if (close != kNone) return std::string(text.substr(open + 1, close - open - 1));
      return std::nullopt;  // what is open here stays open for those before it
    }
    if (open != kNone && open > after) {  // \boxed 5
      const size_t stop = text.find_first_of("$ \n", open);
      return std::string(text.substr(open, stop == kNone ? kNone : stop - open));
    }
    end = at;
  }
}

std::string boxed_contents(std::string_view text, bool last_only) {
  std::vector<std::string> found;  // from the right
  size_t end = text.size();
  size_t last_start = kNone;
  for (size_t after = 0;;) {
    const size_t start = last_command(text, end, after);
    if (start == kNone) break;
    size_t open = after;
    while (open < end && blank(text[open])) ++open;
    if (open >= end) break;
    const size_t close = text[open] == '{' ? closing(text, open, end) : kNone;
    if (close == kNone) {
      if (found.empty()) found.emplace_back(text.substr(open));
      break;
    }
    const std::string content(stripped(text.substr(open + 1, close - open - 1)));
    if (last_only && last_start != kNone) {
      const std::string_view between = text.substr(close + 1, last_start - close - 1);
      const bool another = content != found.back() && between.size() < kNear && joins(between);
      if (between.size() >= kTouching && !another) break;
    }
    if (found.empty() || found.back() != content) found.push_back(content);
    last_start = start;
    end = start;
  }
  if (found.empty()) return std::string(text);
  std::string out;
  for (size_t i = found.size(); i-- > 0;) {
    out += found[i];
    if (i > 0) out += ',';
  }
  return out;
}

}  // namespace millet::tasks::math
