// A template as tokens: data, and the words inside {{ }} and {% %}. Whitespace around tags is settled here, by
// trim_blocks, lstrip_blocks and the signs - and +.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millet::text::jinja {

struct Token {
  enum class Kind : uint8_t {
    data,
    print_begin,
    print_end,
    block_begin,
    block_end,
    name,
    string,
    integer,
    real,
    sign,
    end
  };
  Kind kind = Kind::end;
  std::string text;  // of data, a name, a string (unescaped) or a sign ("(", "**")
  int64_t integer = 0;
  double real = 0;
  int line = 1;

  bool is_sign(std::string_view sign) const { return kind == Kind::sign && text == sign; }
  bool is_name(std::string_view name) const { return kind == Kind::name && text == name; }
};

// What a message calls it: "'endfor'", "end of template".
std::string describe(const Token& token);

// The last token is Kind::end. Throws Error "line N: what".
std::vector<Token> tokenize(std::string_view source);

}  // namespace millet::text::jinja
