#include "millet/io/json_array.h"

#include <string_view>

namespace millet::io {

static bool is_json_space(int c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

int JsonArrayReader::get() {
  if (begin_ == end_) {
    begin_ = 0;
    end_ = in_.read(buffer_);
    if (end_ == 0) return -1;
  }
  const char c = buffer_[begin_++];
  line_ += c == '\n' ? 1 : 0;
  return static_cast<unsigned char>(c);
}

bool JsonArrayReader::next(Item& item) {
  if (closed_) return false;
  for (int c = 0; !begun_ && c >= 0;) begun_ = (c = get()) == '[';
  item = {.text = {}, .index = index_, .line = line_};
  int64_t depth = 0;
  bool quoted = false, escaped = false;
  for (int c = get(); c >= 0; c = get()) {
    if (!quoted && depth == 0 && (c == ',' || c == ']')) {
      closed_ = c == ']';
      if (closed_ && index_ == 0 && item.text.empty()) return false;  // "[]"
      while (!item.text.empty() && is_json_space(item.text.back())) item.text.pop_back();
      ++index_;
      return true;
    }
    if (item.text.empty()) {
      if (is_json_space(c)) continue;
      item.line = line_;
    }
    if (item.text.size() < longest_)
      item.text += static_cast<char>(c);
    else
      item.too_long = true;
    if (quoted) {
      quoted = escaped || c != '"';
      escaped = !escaped && c == '\\';
    } else {
      quoted = c == '"';
      depth += c == '[' || c == '{' ? 1 : (c == ']' || c == '}') && depth > 0 ? -1 : 0;
    }
  }
  ++index_;
  return !item.text.empty();  // the file ends within the array
}

bool JsonArrayReader::whole() {
  if (!closed_) return false;
  int c = get();
  while (is_json_space(c)) c = get();
  return c < 0;
}

bool begins_as_array(InputStream& in) {
  std::string_view text = in.peek(4096);
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const size_t at = text.find_first_not_of(" \t\r\n");
  return at != std::string_view::npos && text[at] == '[';
}

}  // namespace millet::io
