#include "millet/report/markup.h"

#include <doctest/doctest.h>

#include "millet/report/web_files.h"

using namespace millet::report;

namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("a document holds its style, Chart.js with its licence, and the sections that have something to say") {
  const std::string html =
      to_html({.title = "a < b",
               .header_html = "<h1>head</h1>\n",
               .sections = {{"one", "One", "The first", "<p>text</p>\n"}, {"two", "Two", "The second", ""}},
               .footer_html = "<p>foot</p>\n"});
  CHECK(html.starts_with("<!doctype html>"));
  CHECK(contains(html, "<title>a &lt; b</title>"));
  CHECK(contains(html, "<a href=\"#one\">One</a>"));
  CHECK(contains(html, "<section id=\"one\">\n<h2>The first</h2>\n<p>text</p>"));
  CHECK_FALSE(contains(html, "The second"));
  CHECK_FALSE(contains(html, "#two"));
  CHECK(contains(html, web_files().style));
  CHECK(contains(html, web_files().script));
  CHECK(contains(html, "Chart.js v3.9.1"));
  CHECK(contains(html, "Permission is hereby granted, free of charge"));
  CHECK(contains(html, "default-src 'none'"));
}

TEST_CASE("cells, tiles, summaries and paragraphs are text, never markup") {
  const std::string odd = "<b>\"&'";
  const std::string safe = "&lt;b&gt;&quot;&amp;&#39;";
  for (const std::string& html : {to_html(Table{.head = {odd}, .rows = {{odd}}}),
                                  to_html(std::vector<Tile>{{.label = odd, .from = odd, .to = odd, .note = odd}}),
                                  fold(odd, ""), paragraph(odd), heading(odd), preformatted(odd)}) {
    CAPTURE(html);
    CHECK(contains(html, safe));
    CHECK_FALSE(contains(html, "<b>"));
  }
}

TEST_CASE("a figure is not torn apart at its space") {
  CHECK(percent(0.998) == "99.8\u00a0%");
  CHECK(tokens(39) == "39.0");
  CHECK(figure(1690000, Unit::count) == "1.69\u00a0M");
  CHECK(percent(std::stod("nan")) == "–");
}

TEST_CASE("a row that stands out is marked, and no other") {
  const std::string html = to_html(Table{.head = {}, .rows = {{"a"}, {"b"}}, .strong = {1}});
  CHECK(contains(html, "<tr><td>a</td></tr>"));
  CHECK(contains(html, "<tr class=\"strong\"><td>b</td></tr>"));
}
