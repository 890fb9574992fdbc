#include "millet/report/escape.h"

#include <doctest/doctest.h>

#include <string>

#include "millet/core/rng.h"
#include "millet/io/json.h"
#include "millet/io/utf8.h"

using namespace millet;
using namespace millet::report;

namespace {

// Strings of the kind that breaks pages: pieces of markup, quotes, broken and rare characters in random order.
std::string odd_string(Rng& rng) {
  static const std::string pieces[] = {"<",
                                       ">",
                                       "&",
                                       "\"",
                                       "'",
                                       "</script>",
                                       "<!--",
                                       "-->",
                                       "]]>",
                                       "<script>",
                                       "&amp;",
                                       "&#60;",
                                       "\\",
                                       "\\u003c",
                                       "/",
                                       "\xff",
                                       "\xc0\xaf",
                                       "\xed\xa0\x80",
                                       "\xf4\x90\x80\x80",
                                       "\xe2\x80\xa8",
                                       "\xe2\x80\xa9",
                                       "\xe2\x80",
                                       "中",
                                       "🙂",
                                       std::string(1, '\0'),
                                       "\x1b[31m",
                                       "\r",
                                       "\n",
                                       "\t",
                                       "\x7f",
                                       "javascript:",
                                       "onerror=",
                                       "a",
                                       " ",
                                       "wait",
                                       "{{",
                                       "`"};
  std::string out;
  for (uint64_t n = rng.below(20); n > 0; --n) out += pieces[rng.below(std::size(pieces))];
  return out;
}

// What an HTML parser makes of escaped text, for the entities that escape_html writes.
std::string unescape(std::string_view html) {
  std::string out;
  for (size_t i = 0; i < html.size(); ++i) {
    if (html[i] != '&') {
      out += html[i];
      continue;
    }
    const size_t end = html.find(';', i);
    const std::string_view name = html.substr(i + 1, end - i - 1);
    if (name == "amp") out += '&';
    if (name == "lt") out += '<';
    if (name == "gt") out += '>';
    if (name == "quot") out += '"';
    if (name == "#39") out += '\'';
    if (name.starts_with("#x24")) {
      const auto low = static_cast<char>(std::stoi(std::string(name.substr(4)), nullptr, 16));
      out += low == 0x21 ? '\x7f' : low;
    }
    i = end;
  }
  return out;
}

}  // namespace

TEST_CASE("markup is text") {
  CHECK(escape_html("<img src=x onerror='alert(1)'>\"&") == "&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&quot;&amp;");
  CHECK(escape_html(std::string_view("\0\x1b\r\x7f", 4)) == "&#x2400;&#x241b;&#x240d;&#x2421;");
  CHECK(escape_html("a\tb\nc") == "a\tb\nc");
}

TEST_CASE("broken UTF-8 becomes U+FFFD, a byte at a time") {
  CHECK(well_formed("ok 中") == "ok 中");
  CHECK(well_formed("a\xff\xfe") == "a\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(well_formed("\xe4\xb8") == "\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(well_formed("").empty());
}

TEST_CASE("no odd string gets a markup character through escape_html, and all come back as they were") {
  Rng rng(1, "odd strings");
  for (int i = 0; i < 20000; ++i) {
    const std::string text = odd_string(rng);
    const std::string html = escape_html(text);
    REQUIRE(html.find_first_of("<>\"'\r\x7f\x1b") == std::string::npos);
    REQUIRE(html.find('\0') == std::string::npos);
    REQUIRE(io::invalid_utf8(html) == std::string::npos);
    REQUIRE(unescape(html) == well_formed(text));
  }
}

TEST_CASE("no odd string ends a script element, and JSON means the same after as before") {
  Rng rng(2, "odd strings");
  for (int i = 0; i < 20000; ++i) {
    io::Json json = io::Json::object({{"text", well_formed(odd_string(rng))}});
    json[well_formed(odd_string(rng)) + "key"] = 1;
    const std::string safe = json_for_script(json.dump());
    REQUIRE(safe.find_first_of("<>&") == std::string::npos);
    REQUIRE(safe.find("\xe2\x80\xa8") == std::string::npos);
    REQUIRE(safe.find("\xe2\x80\xa9") == std::string::npos);
    REQUIRE(io::Json::parse(safe) == json);
  }
}
