// The pieces of HTML that the pages are put together from. Arguments named `html` are markup already; all other text is
// escaped here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "millet/report/progress.h"

namespace millet::report {

struct Section {
  std::string id;
  std::string link;  // its short name in the bar at the top
  std::string title;
  std::string html;  // empty: the section is left out
};

// A whole document that needs nothing from outside: style, Chart.js and script are in it, and a content security policy
// forbids every request.
struct Document {
  std::string title;
  std::string header_html;
  std::vector<Section> sections;
  std::string footer_html;
};
std::string to_html(const Document& document);

struct Table {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
  std::vector<size_t> strong;  // rows that stand out
  bool words = false;          // texts rather than figures
};
std::string to_html(const Table& table);

// A figure in a text or table: reading(), held together by a no-break space.
std::string figure(double value, Unit unit);
std::string percent(double rate);   // figure(rate, Unit::fraction)
std::string tokens(double length);  // figure(length, Unit::tokens)

std::string paragraph(std::string_view text);
std::string heading(std::string_view text);
std::string fold(std::string_view summary, std::string_view html, bool open = false);  // <details>
std::string preformatted(std::string_view text);

// A figure at the top of a page: what it is, and its value, or the way from one value to another.
struct Tile {
  std::string label;
  std::string from;  // may be empty
  std::string to;
  std::string note;
  bool main = false;
};
std::string to_html(const std::vector<Tile>& tiles);

}  // namespace millet::report
