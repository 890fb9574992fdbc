// Filters that read or write tags: striptags and xmlattr.
#include <algorithm>
#include <array>

#include "millet/core/unicode.h"
#include "millet/text/jinja/evaluator.h"
#include "millet/text/jinja/filters.h"
#include "millet/text/jinja/print.h"
#include "millet/text/jinja/text.h"
#include "millet/text/utf8.h"

namespace millet::text::jinja {
namespace {

// The text without its tags and comments; one that does not end stays, with what is behind it.
std::string without_tags(std::string_view text) {
  std::string out;
  size_t at = 0;
  for (size_t start = text.find('<'); start != std::string_view::npos; start = text.find('<', at)) {
    const bool comment = text.substr(start).starts_with("<!--");
    size_t end = comment ? text.find("-->", start + 4) : text.find('>', start);
    if (end == std::string_view::npos) break;
    end += comment ? 3 : 1;
    out += text.substr(at, start - at);
    at = end;
  }
  return out + std::string(text.substr(at));
}

// What html.unescape makes of the number behind &# or &#x.
std::string character_of(uint64_t number) {
  // Windows-1252, which numbers from 128 to 159 are taken for.
  static constexpr std::array<char16_t, 32> kWindows = {0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021,
                                                        0x2C6,  0x2030, 0x160,  0x2039, 0x152,  0x8D,   0x17D,  0x8F,
                                                        0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                        0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178};
  if (number == 0 || number > 0x10FFFF || (number >= 0xD800 && number < 0xE000)) return std::string(kReplacement);
  if (number >= 0x80 && number < 0xA0) return unicode::encode(kWindows[number - 0x80]);
  const bool nothing = (number < 0x20 && number != '\t' && number != '\n' && number != '\f' && number != '\r') ||
                       number == 0xB || number == 0x7F || (number >= 0xFDD0 && number <= 0xFDEF) ||
                       (number & 0xFFFE) == 0xFFFE;
  return nothing ? "" : unicode::encode(static_cast<char32_t>(number));
}

// html.unescape. Throws Error: a name other than XML's five, of which HTML has two thousand.
std::string unescaped(std::string_view text) {
  static constexpr std::pair<std::string_view, char> kNames[] = {
      {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t next = std::min(text.find('&', at), text.size());
    out += text.substr(at, next - at);
    at = next;
    if (at == text.size()) break;
    std::string_view rest = text.substr(at + 1);
    auto run = [&](std::string_view of, size_t from) {
      return std::min(rest.find_first_not_of(of, from), rest.size());
    };
    if (rest.starts_with('#')) {
      const bool hexadecimal = rest.starts_with("#x") || rest.starts_with("#X");
      const size_t begin = hexadecimal ? 2 : 1;
      const size_t end = run(hexadecimal ? "0123456789abcdefABCDEF" : "0123456789", begin);
      if (end > begin) {
        uint64_t number = 0;
        for (const char c : rest.substr(begin, end - begin)) {
          const auto digit = static_cast<uint64_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
          number = std::min<uint64_t>(number * (hexadecimal ? 16 : 10) + digit, 0x110000);
        }
        out += character_of(number);
        at += 1 + end + (end < rest.size() && rest[end] == ';' ? 1 : 0);
        continue;
      }
    }
    const auto* name = std::find_if(std::begin(kNames), std::end(kNames), [&](const auto& row) {
      return rest.starts_with(row.first) && (row.first != "apos" || rest.substr(4).starts_with(';'));
    });
    if (name != std::end(kNames)) {
      const size_t length = name->first.size();
      out += name->second;
      at += 1 + length + (rest.substr(length).starts_with(';') ? 1 : 0);
      continue;
    }
    const size_t letters = run("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 0);
    require(letters < 2 || !rest.substr(letters).starts_with(';'), "striptags: the entity &{}; is not known",
            rest.substr(0, letters));
    out += '&';
    ++at;
  }
  return out;
}

}  // namespace

Value filter_striptags(Evaluator& e, const Value& subject, const Bound&) {
  const std::string text = str(subject, e.budget());
  e.budget().read(text.size() * 2);
  const std::string bare = without_tags(text);
  std::string out;
  for (const std::string_view word : split_at_spaces(bare, -1, false, e.budget())) {
    if (!out.empty()) out += ' ';
    out += word;
  }
  return {unescaped(out)};
}

Value filter_xmlattr(Evaluator& e, const Value& subject, const Bound& a) {
  require_defined(subject);
  require(subject.dict() != nullptr, "'{}' object has no attribute 'items'", subject.type());
  std::string out;
  for (const auto& [key, value] : subject.dict()->entries()) {
    if (value.is_none() || value.is_undefined()) continue;
    require(key.is_text(), "expected string or bytes-like object, got '{}'", key.type());
    e.budget().look(key.text().size());
    require(key.text().find_first_of(" \t\n\r\f\v/>=") == std::string::npos, "Invalid character in attribute name: {}",
            in_quotes(beginning_of(key.text())));
    const Value name = escaped(key, e.budget()), content = escaped(value, e.budget());
    e.budget().make(name.text().size() + content.text().size() + 4);
    if (!out.empty()) out += ' ';
    out += name.text() + "=\"" + content.text() + "\"";
  }
  if (a.truth_or(0, true) && !out.empty()) out.insert(0, " ");
  return {std::move(out), e.autoescape()};
}

}  // namespace millet::text::jinja
