#include "millet/report/markup.h"

#include <fmt/core.h>

#include <algorithm>

#include "millet/report/escape.h"
#include "millet/report/web_files.h"

namespace millet::report {

std::string to_html(const Document& d) {
  const WebFiles& web = web_files();
  std::string out = fmt::format(
      R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>{}</title>
<style>
{}</style>
<noscript><style>.box {{ display: none; }}</style></noscript>
</head>
<body>
<header class="top">
{}</header>
<nav aria-label="Sections"><div>
)",
      escape_html(d.title), web.style, d.header_html);
  for (const Section& s : d.sections) {
    if (!s.html.empty()) out += fmt::format("<a href=\"#{}\">{}</a>\n", escape_html(s.id), escape_html(s.link));
  }
  out += R"(</div></nav>
<main>
<noscript><p class="callout">The charts of this page are drawn by its own script, which this browser does not run. Their
figures stand in the tables under “Numbers”.</p></noscript>
)";
  for (const Section& s : d.sections) {
    if (s.html.empty()) continue;
    out += fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n{}</section>\n", escape_html(s.id), escape_html(s.title),
                       s.html);
  }
  out += fmt::format("</main>\n<footer>\n{}</footer>\n", d.footer_html);
  out += fmt::format("<script>\n/*\n{}*/\n{}\n</script>\n<script>\n{}</script>\n</body>\n</html>\n",
                     web.chart_js_notice, web.chart_js, web.script);
  return out;
}

std::string to_html(const Table& table) {
  std::string out = fmt::format("<div class=\"scroll\"><table{}>", table.words ? " class=\"words\"" : "");
  if (!table.head.empty()) {
    out += "<thead><tr>";
    for (const std::string& cell : table.head) out += fmt::format("<th scope=\"col\">{}</th>", escape_html(cell));
    out += "</tr></thead>";
  }
  out += "<tbody>\n";
  for (size_t r = 0; r < table.rows.size(); ++r) {
    const bool strong = std::find(table.strong.begin(), table.strong.end(), r) != table.strong.end();
    out += strong ? "<tr class=\"strong\">" : "<tr>";
    for (const std::string& cell : table.rows[r]) out += fmt::format("<td>{}</td>", escape_html(cell));
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string figure(double value, Unit unit) {
  std::string text = reading(value, unit);
  if (const size_t space = text.find(' '); space != std::string::npos) text.replace(space, 1, "\u00a0");
  return text;
}

std::string percent(double rate) {
  return figure(rate, Unit::fraction);
}

std::string tokens(double length) {
  return figure(length, Unit::tokens);
}

std::string paragraph(std::string_view text) {
  return fmt::format("<p>{}</p>\n", escape_html(text));
}

std::string heading(std::string_view text) {
  return fmt::format("<h3>{}</h3>\n", escape_html(text));
}

std::string fold(std::string_view summary, std::string_view html, bool open) {
  return fmt::format("<details{}><summary>{}</summary>\n{}</details>\n", open ? " open" : "", escape_html(summary),
                     html);
}

std::string preformatted(std::string_view text) {
  return fmt::format("<pre>{}</pre>\n", escape_html(text));
}

std::string to_html(const std::vector<Tile>& tiles) {
  std::string out = "<div class=\"tiles\">\n";
  for (const Tile& t : tiles) {
    out += fmt::format("<div class=\"tile{}\"><div class=\"label\">{}</div><div class=\"figure\">",
                       t.main ? " main" : "", escape_html(t.label));
    if (!t.from.empty())
      out += fmt::format("<span class=\"from\">{}</span> <span class=\"arrow\">→</span> ", escape_html(t.from));
    out += fmt::format("<span class=\"to\">{}</span></div>", escape_html(t.to));
    if (!t.note.empty()) out += fmt::format("<div class=\"note\">{}</div>", escape_html(t.note));
    out += "</div>\n";
  }
  return out + "</div>\n";
}

}  // namespace millet::report
