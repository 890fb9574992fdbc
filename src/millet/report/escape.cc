#include "millet/report/escape.h"

#include <fmt/core.h>

#include "millet/io/utf8.h"

namespace millet::report {

std::string well_formed(std::string_view text) {
  std::string out;
  for (;;) {
    const size_t broken = io::invalid_utf8(text);
    out += text.substr(0, broken);
    if (broken == std::string_view::npos) return out;
    out += "\xef\xbf\xbd";
    text.remove_prefix(broken + 1);
  }
}

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : well_formed(text)) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '\t':
      case '\n':
        out += c;
        break;
      default:
        // NOTE: a NUL would be dropped and a carriage return turned into a line break by HTML parsers.
        if (byte < 0x20 || byte == 0x7f)
          out += fmt::format("&#x{:x};", byte == 0x7f ? 0x2421u : 0x2400u + byte);
        else
          out += c;
    }
  }
  return out;
}

std::string json_for_script(std::string_view json) {
  std::string out;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '<') {
      out += "\\u003c";
    } else if (c == '>') {
      out += "\\u003e";
    } else if (c == '&') {
      out += "\\u0026";
    } else if (json.substr(i, 3) == "\xe2\x80\xa8" || json.substr(i, 3) == "\xe2\x80\xa9") {
      out += json[i + 2] == '\xa8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace millet::report
