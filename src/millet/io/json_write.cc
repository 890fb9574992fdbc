// Json::dump and Json::pretty.
#include <charconv>
#include <cmath>

#include "millet/io/json.h"
#include "millet/io/utf8.h"

namespace millet::io {

namespace {

class Writer {
 public:
  explicit Writer(bool pretty) : pretty_(pretty) {}

  void value(const Json& v) {
    switch (v.kind()) {
      case Json::Kind::null:
        out_ += "null";
        break;
      case Json::Kind::boolean:
        out_ += v.as_bool() ? "true" : "false";
        break;
      case Json::Kind::integer:
        out_ += std::to_string(v.as_int());
        break;
      case Json::Kind::real:
        real(v);
        break;
      case Json::Kind::string:
        string(v, v.as_string());
        break;
      case Json::Kind::array: {
        const auto items = v.items();
        out_ += '[';
        ++level_;
        for (size_t i = 0; i < items.size(); ++i) {
          separate(i == 0);
          value(items[i]);
        }
        close(']', items.empty());
        break;
      }
      case Json::Kind::object: {
        const auto members = v.members();
        out_ += '{';
        ++level_;
        for (size_t i = 0; i < members.size(); ++i) {
          separate(i == 0);
          string(members[i].value, members[i].key);
          out_ += pretty_ ? ": " : ":";
          value(members[i].value);
        }
        close('}', members.empty());
        break;
      }
    }
  }

  std::string take() { return std::move(out_); }

 private:
  void separate(bool first) {
    if (!first) out_ += ',';
    if (pretty_) break_line();
  }

  void close(char bracket, bool empty) {
    --level_;
    if (pretty_ && !empty) break_line();
    out_ += bracket;
  }

  void break_line() {
    out_ += '\n';
    out_.append(2 * level_, ' ');
  }

  // to_chars gives the shortest digits that from_chars reads as the same double.
  void real(const Json& v) {
    if (const std::string* digits = v.large_integer()) {
      out_ += *digits;
      return;
    }
    const double x = v.as_double();
    if (!std::isfinite(x)) v.refuse("is {}: JSON has no such number", std::isnan(x) ? "NaN" : "infinite");
    char digits[32];
    const auto [end, error] = std::to_chars(digits, digits + sizeof digits, x);
    const std::string_view text(digits, static_cast<size_t>(end - digits));
    out_ += text;
    if (text.find_first_of(".e") == std::string_view::npos) out_ += ".0";  // so that it reads back as no integer
  }

  // Escapes only what RFC 8259 demands: other characters stay readable. `place` is whose path an error names.
  void string(const Json& place, std::string_view text) {
    const size_t wrong = invalid_utf8(text);
    if (wrong != std::string_view::npos) place.refuse("holds a string that is not UTF-8 at byte {}", wrong);
    out_ += '"';
    for (const char c : text) {
      switch (c) {
        case '"':
          out_ += "\\\"";
          break;
        case '\\':
          out_ += "\\\\";
          break;
        case '\n':
          out_ += "\\n";
          break;
        case '\t':
          out_ += "\\t";
          break;
        case '\r':
          out_ += "\\r";
          break;
        case '\b':
          out_ += "\\b";
          break;
        case '\f':
          out_ += "\\f";
          break;
        default:
          if (static_cast<unsigned char>(c) < 0x20)
            out_ += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
          else
            out_ += c;
      }
    }
    out_ += '"';
  }

  bool pretty_;
  size_t level_ = 0;
  std::string out_;
};

}  // namespace

std::string Json::dump() const {
  Writer writer(false);
  writer.value(*this);
  return writer.take();
}

std::string Json::pretty() const {
  Writer writer(true);
  writer.value(*this);
  return writer.take() + "\n";
}

}  // namespace millet::io
