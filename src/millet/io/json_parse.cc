// Json::parse: nlohmann's reader tells what it meets, we build our value from it.
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "millet/io/json.h"

namespace millet::io {

namespace {

constexpr size_t kMostLevels = 512;

// An iterator that lets the listener know how far the reader has come: nlohmann's events carry no position.
struct WatchedBytes {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  const char* at;
  const char** reached;

  reference operator*() const { return *at; }
  WatchedBytes& operator++() {
    *reached = ++at;
    return *this;
  }
  bool operator==(const WatchedBytes& other) const { return at == other.at; }
  bool operator!=(const WatchedBytes& other) const { return at != other.at; }
};

// A key as it may stand in a message: on one line and not too long.
std::string excerpt(std::string_view key) {
  size_t end = std::min<size_t>(key.size(), 60);
  while (end < key.size() && (static_cast<unsigned char>(key[end]) & 0xC0) == 0x80) --end;  // not within a character
  const std::string text = Json(key.substr(0, end)).dump();
  return fmt::format("'{}{}'", text.substr(1, text.size() - 2), end < key.size() ? "…" : "");
}

// The unit of UTF-16 that stands as "\uXXXX" at this place, or −1.
int utf16_at(std::string_view text, size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
  int unit = 0;
  const char* const last = text.data() + at + 6;
  const auto [end, error] = std::from_chars(text.data() + at + 2, last, unit, 16);
  return error == std::errc() && end == last ? unit : -1;
}

bool is_high_half(int unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}

bool is_low_half(int unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

// The text with \ufffd for each half of a surrogate pair that stands alone: of the same length, so that places hold.
std::string without_halves(std::string_view text) {
  std::string out(text);
  for (size_t at = out.find('\\'); at != std::string::npos; at = out.find('\\', at)) {
    const int unit = utf16_at(out, at);
    if (is_high_half(unit) && is_low_half(utf16_at(out, at + 6))) {
      at += 12;
    } else if (unit >= 0) {
      if (is_high_half(unit) || is_low_half(unit)) out.replace(at + 2, 4, "fffd");
      at += 6;
    } else {
      at += 2;
    }
  }
  return out;
}

}  // namespace

// Receives the reader's events (nlohmann's SAX interface) and builds the value from the top down.
class JsonReader {
 public:
  JsonReader(std::string_view text, std::string_view source, int64_t line, bool lenient = false)
      : text_(text), source_(source), line_(line), lenient_(lenient), reached_(text.data()) {}

  Json read() {
    // The reader takes a zero byte for the end of the text, whatever stands behind it.
    const size_t zero = text_.find('\0');
    if (zero != std::string_view::npos) fail_at(zero, "unexpected zero byte");
    const WatchedBytes first{text_.data(), &reached_}, last{text_.data() + text_.size(), &reached_};
    nlohmann::ordered_json::sax_parse(first, last, this);
    root_.set_source(line_ > 0 ? fmt::format("{}:{}", source_, line_) : std::string(source_));
    return std::move(root_);
  }

  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(int64_t value) { return add(value); }
  bool number_unsigned(uint64_t value) {
    return std::in_range<int64_t>(value) ? add(value) : add_large(static_cast<double>(value), std::to_string(value));
  }
  bool number_float(double value, const std::string& text) {
    const bool is_integer = text.find_first_not_of("-0123456789") == std::string::npos;
    return is_integer ? add_large(value, text) : add(value);
  }
  bool string(std::string& value) { return add(std::move(value)); }
  bool binary(std::vector<std::uint8_t>&) { return false; }  // not in JSON text
  bool start_object(size_t) { return open(Json::object()); }
  bool start_array(size_t) { return open(Json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    if (!lenient_ && open_.back()->contains(name))
      fail_at(reached_ - text_.data() - 1, "duplicate key " + excerpt(name));
    slot_ = &(*open_.back())[name];
    return true;
  }

  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception& error) {
    // "[json.exception.…] parse error at line 1, column 5: syntax error while parsing value - invalid literal; last
    // read: '…'": the place is counted anew, and what was read last may be long or no UTF-8.
    std::string what = error.what();
    const size_t dash = what.find(" - "), bracket = what.find("] ");
    what.erase(0, dash != std::string::npos ? dash + 3 : bracket != std::string::npos ? bracket + 2 : 0);
    what.erase(std::min({what.size(), what.find("; last read"), size_t{200}}));
    fail_at(position == 0 ? 0 : position - 1, what);
  }

 private:
  bool add(Json value) {
    place(std::move(value));
    return true;
  }

  bool add_large(double rounded, std::string digits) {
    Json value(rounded);
    std::get<Json::Real>(value.value_).digits = std::make_unique<const std::string>(std::move(digits));
    return add(std::move(value));
  }

  Json* place(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (open_.back()->is_array()) return &open_.back()->append(std::move(value));
    *slot_ = std::move(value);
    return slot_;
  }

  bool open(Json value) {
    if (open_.size() == kMostLevels) {
      fail_at(reached_ - text_.data() - 1, fmt::format("nested deeper than {} levels", kMostLevels));
    }
    open_.push_back(place(std::move(value)));  // stays where it is: its parent grows only after it is closed
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  [[noreturn]] void fail_at(size_t offset, const std::string& what) const {
    const std::string_view before = text_.substr(0, std::min(offset, text_.size()));
    const int64_t line = line_ > 0 ? line_ : 1 + std::count(before.begin(), before.end(), '\n');
    const size_t start = before.rfind('\n') + 1;  // npos + 1 = 0
    // Columns count characters: the bytes that begin one.
    const auto column = 1 + std::count_if(before.begin() + static_cast<std::ptrdiff_t>(start), before.end(),
                                          [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    fail("{}:{}:{}: {}", source_.empty() ? "JSON" : source_, line, column, what);
  }

  std::string_view text_, source_;
  int64_t line_;
  bool lenient_;
  const char* reached_;
  Json root_;
  std::vector<Json*> open_;  // the arrays and objects around the place reached
  Json* slot_ = nullptr;     // where the value of the last key goes
};

Json Json::parse(std::string_view text, std::string_view source, int64_t line) {
  return JsonReader(text, source, line).read();
}

Json Json::parse_leniently(std::string_view text, std::string_view source, int64_t line) {
  const bool may_have_halves = text.find("\\ud") != text.npos || text.find("\\uD") != text.npos;
  if (!may_have_halves) return JsonReader(text, source, line, true).read();
  const std::string mended = without_halves(text);
  return JsonReader(mended, source, line, true).read();
}

}  // namespace millet::io
