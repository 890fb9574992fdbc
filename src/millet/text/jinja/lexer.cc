#include "millet/text/jinja/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "millet/core/error.h"
#include "millet/core/unicode.h"
#include "millet/io/utf8.h"
#include "millet/text/jinja/text.h"
#include "millet/text/utf8.h"

namespace millet::text::jinja {
namespace {

constexpr std::string_view kSigns[] = {"//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[",
                                       "]",  "(",  ")",  "{",  "}",  ">",  "<", "=", ".", ":", "|", ",", ";"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}

// One kind of line break, and none at the very end.
std::string normalized(std::string_view source) {
  std::string out;
  out.reserve(source.size());
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] != '\r') {
      out += source[i];
      continue;
    }
    out += '\n';
    if (i + 1 < source.size() && source[i + 1] == '\n') ++i;
  }
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(normalized(source)) {
    const size_t bad = io::invalid_utf8(source_);
    require(bad == std::string_view::npos, "the template is not UTF-8 at byte {}", bad);
  }

  std::vector<Token> run() {
    while (at_ < source_.size()) data();
    add(Token::Kind::end);
    return std::move(tokens_);
  }

 private:
  template <class... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> text, Args&&... args) const {
    fail("line {}: {}", line_, fmt::format(text, std::forward<Args>(args)...));
  }

  bool looks_at(std::string_view what) const { return std::string_view(source_).substr(at_).starts_with(what); }

  void skip(size_t bytes) {
    line_ += static_cast<int>(std::count(source_.begin() + static_cast<int64_t>(at_),
                                         source_.begin() + static_cast<int64_t>(at_ + bytes), '\n'));
    at_ += bytes;
    line_starts_ = at_ > 0 && source_[at_ - 1] == '\n';
  }

  void skip_spaces() {
    const std::string_view rest = std::string_view(source_).substr(at_);
    skip(rest.size() - strip(rest, Side::left).size());
  }

  Token& add(Token::Kind kind, std::string text = {}) {
    tokens_.push_back({.kind = kind, .text = std::move(text), .line = line_});
    return tokens_.back();
  }

  // The text up to a tag that begins at `tag`, with what the tag's sign and its kind take off the text's end.
  void text_before(size_t tag, char sign, bool prints) {
    std::string_view text = std::string_view(source_).substr(at_, tag - at_);
    if (sign == '-') {
      text = strip(text, Side::right);
    } else if (sign != '+' && !prints) {
      const size_t line = text.rfind('\n') + 1;
      if ((line > 0 || line_starts_) && strip(text.substr(line)).empty()) text = text.substr(0, line);
    }
    if (!text.empty()) add(Token::Kind::data, std::string(text));
    skip(tag - at_);
  }

  // Text, and the tag behind it.
  void data() {
    size_t tag = at_;
    for (;; ++tag) {
      tag = source_.find('{', tag);
      if (tag == std::string::npos || tag + 1 >= source_.size()) {
        add(Token::Kind::data, source_.substr(at_));
        skip(source_.size() - at_);
        return;
      }
      const char kind = source_[tag + 1];
      if (kind == '{' || kind == '%' || kind == '#') break;
    }
    const char kind = source_[tag + 1];
    char sign = tag + 2 < source_.size() ? source_[tag + 2] : '\0';
    if (sign != '-' && sign != '+') sign = '\0';
    text_before(tag, sign, kind == '{');
    const size_t begin = sign == '\0' ? 2 : 3;
    if (kind == '%' && raw(begin)) return;
    skip(begin);
    if (kind == '#')
      comment();
    else
      tag_words(kind == '{');
  }

  // Where a tag "{% word %}" that begins `begin` bytes on ends, or 0.
  size_t end_of_word_tag(size_t begin, std::string_view word) const {
    std::string_view rest = strip(std::string_view(source_).substr(begin), Side::left);
    if (!rest.starts_with(word)) return 0;
    rest = strip(rest.substr(word.size()), Side::left);
    return source_.size() - rest.size();
  }

  bool raw(size_t begin) {
    size_t end = end_of_word_tag(at_ + begin, "raw");
    const std::string_view all = source_;
    if (end == 0) return false;
    if (all.substr(end).starts_with("-%}")) {
      skip(end + 3 - at_);
      skip_spaces();
    } else if (all.substr(end).starts_with("%}")) {
      skip(end + 2 - at_);
    } else {
      return false;
    }
    for (size_t tag = at_; (tag = source_.find("{%", tag)) != std::string::npos; tag += 2) {
      char sign = tag + 2 < source_.size() ? source_[tag + 2] : '\0';
      if (sign != '-' && sign != '+') sign = '\0';
      end = end_of_word_tag(tag + (sign == '\0' ? 2 : 3), "endraw");
      if (end == 0) continue;
      const bool closes =
          all.substr(end).starts_with("%}") || all.substr(end).starts_with("-%}") || all.substr(end).starts_with("+%}");
      if (!closes) continue;
      text_before(tag, sign, false);
      skip(end - at_);
      close_tag("%}");
      return true;
    }
    refuse("the {{% raw %}} is never closed");
  }

  void comment() {
    const size_t end = source_.find("#}", at_);
    if (at_ == source_.size()) return;  // nothing is behind its sign: Jinja lets that pass
    if (end == std::string::npos) refuse("a comment is never closed");
    const bool sign = end > at_ && (source_[end - 1] == '-' || source_[end - 1] == '+');
    skip(end - at_ - (sign ? 1 : 0));
    close_tag("#}");
  }

  // The end of a tag that stands here, with what its sign or trim_blocks takes off the text behind it.
  bool close_tag(std::string_view mark) {
    if (looks_at(mark)) {
      skip(2);
      if (mark != "}}" && looks_at("\n")) skip(1);
      return true;
    }
    if (!std::string_view(source_).substr(std::min(at_ + 1, source_.size())).starts_with(mark)) return false;
    if (source_[at_] == '-') {
      skip(3);
      skip_spaces();
      return true;
    }
    if (source_[at_] == '+' && mark != "}}") {
      skip(3);
      return true;
    }
    return false;
  }

  void tag_words(bool prints) {
    add(prints ? Token::Kind::print_begin : Token::Kind::block_begin);
    std::string open;  // brackets that want closing
    for (;;) {
      if (at_ >= source_.size()) return;  // the parser says what is missing
      const int line = line_;
      if (open.empty() && close_tag(prints ? "}}" : "%}")) {
        add(prints ? Token::Kind::print_end : Token::Kind::block_end).line = line;
        return;
      }
      const char c = source_[at_];
      if (is_space(utf8_at(source_, at_).point))
        skip_spaces();
      else if (is_digit(c))
        number();
      else if (is_word(c))
        word();
      else if (c == '"' || c == '\'')
        string();
      else
        sign(open);
    }
  }

  void word() {
    size_t end = at_;
    while (end < source_.size() && is_word(source_[end])) ++end;
    add(Token::Kind::name, source_.substr(at_, end - at_));
    if (!is_identifier(tokens_.back().text)) refuse("invalid character in the name '{}'", tokens_.back().text);
    skip(end - at_);
  }

  void sign(std::string& open) {
    for (const std::string_view sign : kSigns) {
      if (!looks_at(sign)) continue;
      const char c = sign[0];
      if (c == '(' || c == '[' || c == '{') open += c == '(' ? ')' : c == '[' ? ']' : '}';
      if (c == ')' || c == ']' || c == '}') {
        if (open.empty()) refuse("unexpected '{}'", sign);
        if (open.back() != c) refuse("unexpected '{}', expected '{}'", sign, open.back());
        open.pop_back();
      }
      add(Token::Kind::sign, std::string(sign));
      skip(sign.size());
      return;
    }
    refuse("unexpected character {}", text::describe(utf8_at(source_, at_).point));
  }

  // Digits from `from` on, with single underscores between them.
  size_t digits_end(size_t from) const {
    size_t end = from;
    while (end < source_.size() && is_digit(source_[end])) {
      ++end;
      if (end + 1 < source_.size() && source_[end] == '_' && is_digit(source_[end + 1])) ++end;
    }
    return end;
  }

  void number() {
    int base = 10;
    const char second = at_ + 1 < source_.size() ? static_cast<char>(source_[at_ + 1] | 0x20) : '\0';
    if (source_[at_] == '0') base = second == 'x' ? 16 : second == 'o' ? 8 : second == 'b' ? 2 : 10;
    size_t end = digits_end(at_);
    bool real = false;
    if (base != 10) {
      end = at_ + 2;
      while (end < source_.size() && (isxdigit(static_cast<unsigned char>(source_[end])) || source_[end] == '_')) ++end;
    } else if (at_ == 0 || source_[at_ - 1] != '.') {
      if (end + 1 < source_.size() && source_[end] == '.' && is_digit(source_[end + 1])) {
        end = digits_end(end + 1);
        real = true;
      }
      size_t power = end;
      if (power < source_.size() && (source_[power] | 0x20) == 'e') {
        ++power;
        if (power < source_.size() && (source_[power] == '+' || source_[power] == '-')) ++power;
        if (power < source_.size() && is_digit(source_[power])) {
          end = digits_end(power);
          real = true;
        }
      }
    }
    std::string text = source_.substr(at_, end - at_);
    std::erase(text, '_');
    if (!real && base == 10 && text[0] == '0' && text.find_first_not_of('0') != std::string::npos) {
      refuse("{}: an integer has no zeros in front", text);
    }
    Token& token = add(real ? Token::Kind::real : Token::Kind::integer);
    if (real) {
      token.real = std::strtod(text.c_str(), nullptr);
    } else {
      const char* first = text.c_str() + (base == 10 ? 0 : 2);
      const auto [rest, error] = std::from_chars(first, text.c_str() + text.size(), token.integer, base);
      if (error != std::errc() || *rest != '\0') refuse("{} is no integer of 64 bits", text);
    }
    skip(end - at_);
  }

  void string() {
    const char quote = source_[at_];
    size_t end = at_ + 1;
    while (end < source_.size() && source_[end] != quote) end += source_[end] == '\\' ? 2 : 1;
    if (end >= source_.size()) refuse("a string is never closed");
    std::string text = unescaped(std::string_view(source_).substr(at_ + 1, end - at_ - 1));
    add(Token::Kind::string, std::move(text));
    skip(end + 1 - at_);
  }

  std::string unescaped(std::string_view text) const {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\\' || i + 1 == text.size()) {
        out += text[i];
        continue;
      }
      const char c = text[++i];
      static constexpr std::string_view kPlain = "\\'\"abfnrtv", kMeant = "\\'\"\a\b\f\n\r\t\v";
      if (const size_t known = kPlain.find(c); known != std::string_view::npos) {
        out += kMeant[known];
      } else if (c == '\n') {
        continue;
      } else if (c >= '0' && c <= '7') {
        char32_t point = 0;
        size_t digits = 0;
        for (; digits < 3 && i + digits < text.size() && text[i + digits] >= '0' && text[i + digits] <= '7'; ++digits) {
          point = point * 8 + static_cast<char32_t>(text[i + digits] - '0');
        }
        i += digits - 1;
        out += unicode::encode(point);
      } else if (c == 'x' || c == 'u' || c == 'U') {
        const size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : 8;
        const std::string_view hex = text.substr(std::min(i + 1, text.size()), digits);
        uint32_t point = 0;
        const auto [rest, error] = std::from_chars(hex.data(), hex.data() + hex.size(), point, 16);
        if (hex.size() < digits || error != std::errc() || rest != hex.data() + digits)
          refuse("truncated \\{} escape", c);
        if (point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) refuse("\\{}{} is no character", c, hex);
        out += unicode::encode(point);
        i += digits;
      } else if (c == 'N') {
        refuse("characters by name (\\N) are not supported");
      } else {
        (out += '\\') += c;
      }
    }
    return out;
  }

  std::string source_;
  size_t at_ = 0;
  int line_ = 1;
  bool line_starts_ = true;  // what was read last ends in a line break, or nothing was
  std::vector<Token> tokens_;
};

}  // namespace

std::string describe(const Token& token) {
  switch (token.kind) {
    case Token::Kind::data:
      return "text";
    case Token::Kind::print_begin:
      return "'{{'";
    case Token::Kind::print_end:
      return "'}}'";
    case Token::Kind::block_begin:
      return "'{%'";
    case Token::Kind::block_end:
      return "'%}'";
    case Token::Kind::name:
    case Token::Kind::sign:
      return "'" + token.text + "'";
    case Token::Kind::string:
      return "a string";
    case Token::Kind::integer:
      return "an integer";
    case Token::Kind::real:
      return "a number";
    case Token::Kind::end:
      break;
  }
  return "the end of the template";
}

std::vector<Token> tokenize(std::string_view source) {
  return Lexer(source).run();
}

}  // namespace millet::text::jinja
