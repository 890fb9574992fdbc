#include "millet/core/field_value.h"

#include <fmt/format.h>

#include <charconv>

#include "millet/core/error.h"

namespace millet {

std::string_view type_name(size_t index) {
  static constexpr std::string_view names[] = {"bool", "int", "float", "string", "list of strings", "list of floats"};
  return names[index];
}

std::string toml_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
          out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
        else
          out += c;
    }
  }
  return out + "\"";
}

static std::string toml_number(double x) {
  std::string text = fmt::format("{}", x);  // shortest that reads back the same
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string to_string(const FieldValue& value) {
  struct Writer {
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(int64_t v) const { return std::to_string(v); }
    std::string operator()(double v) const { return toml_number(v); }
    std::string operator()(const std::string& v) const { return toml_quoted(v); }
    std::string operator()(const std::vector<std::string>& v) const {
      std::string out = "[";
      for (size_t i = 0; i < v.size(); ++i) out += (i ? ", " : "") + toml_quoted(v[i]);
      return out + "]";
    }
    std::string operator()(const std::vector<double>& v) const {
      std::string out = "[";
      for (size_t i = 0; i < v.size(); ++i) out += (i ? ", " : "") + toml_number(v[i]);
      return out + "]";
    }
  };
  return std::visit(Writer{}, value);
}

// A reader of one `--set` text; errors name the key and what its field takes.
namespace {
class TextReader {
 public:
  TextReader(std::string_view key, size_t index, std::string_view text) : key_(key), index_(index), text_(text) {}

  FieldValue value() const {
    switch (index_) {
      case 0:
        if (text_ != "true" && text_ != "false") refuse();
        return text_ == "true";
      case 1:
        return parsed<int64_t>(text_);
      case 2:
        return parsed<double>(text_);
      case 3:
        return string(text_);
      case 4:
        return items();
      default: {
        std::vector<double> numbers;
        for (const std::string& item : items()) numbers.push_back(parsed<double>(item));
        return numbers;
      }
    }
  }

 private:
  [[noreturn]] void refuse() const { fail("key '{}' takes {}, not '{}'", key_, type_name(index_), text_); }

  template <class T>
  T parsed(std::string_view text) const {
    T v{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
    if (error != std::errc() || end != text.data() + text.size()) refuse();
    return v;
  }

  static bool quoted(std::string_view text) { return text.size() >= 2 && text.front() == '"' && text.back() == '"'; }

  // The text between quotes, with the escapes that toml_quoted writes and \uXXXX below 0x80.
  std::string string(std::string_view text) const {
    if (!quoted(text)) return std::string(text);
    std::string out;
    for (size_t i = 1; i + 1 < text.size(); ++i) {
      if (text[i] == '"') refuse();
      if (text[i] != '\\') {
        out += text[i];
        continue;
      }
      if (i + 2 >= text.size()) refuse();
      const char escape = text[++i];
      static constexpr std::string_view escapes = "\"\\nrt", meanings = "\"\\\n\r\t";
      if (const size_t at = escapes.find(escape); at != std::string_view::npos) {
        out += meanings[at];
        continue;
      }
      int code = -1;
      if (escape == 'u' && i + 5 < text.size()) {
        const char* first = text.data() + i + 1;
        if (std::from_chars(first, first + 4, code, 16).ptr != first + 4) code = -1;
      }
      if (code < 0 || code > 0x7F) refuse();
      out += static_cast<char>(code);
      i += 4;
    }
    return out;
  }

  std::vector<std::string> items() const {
    std::string_view rest = text_;
    if (rest.size() >= 2 && rest.front() == '[' && rest.back() == ']') rest = rest.substr(1, rest.size() - 2);
    std::vector<std::string> items;
    while (rest.find_first_not_of(' ') != std::string_view::npos) {
      rest.remove_prefix(rest.find_first_not_of(' '));
      const size_t end = end_of_item(rest);
      std::string_view item = rest.substr(0, end);
      while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
      items.push_back(string(item));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return items;
  }

  // Where the first item's comma stands; commas between quotes are part of the item.
  static size_t end_of_item(std::string_view list) {
    bool inside = false;
    for (size_t i = 0; i < list.size(); ++i) {
      if (inside && list[i] == '\\')
        ++i;
      else if (list[i] == '"')
        inside = !inside;
      else if (list[i] == ',' && !inside)
        return i;
    }
    return list.size();
  }

  std::string_view key_;
  size_t index_;
  std::string_view text_;
};
}  // namespace

FieldValue read_field_value(std::string_view key, size_t index, std::string_view text) {
  return TextReader(key, index, text).value();
}

}  // namespace millet
