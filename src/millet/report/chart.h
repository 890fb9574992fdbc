// A chart of a page: what it shows as data for web/report.js, and the same numbers as a table beside it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "millet/report/progress.h"
#include "millet/report/unknown.h"

namespace millet::report {

enum class Role : unsigned char {  // names of colours in web/report.css
  main,                            // what the page is about
  second,
  third,
  control,  // what it is compared with
  faint,
  shade,  // one of many of a kind: shades by position
};

struct Point {
  double x = 0, y = 0;
};

struct Series {
  std::string name;
  Role role = Role::main;
  bool soft = false;  // thinner and paler: a companion of another series
  bool dashed = false;
  std::vector<Point> points;  // ascending in x; of bars: one a label, x is not read
};

struct Chart {
  enum class Kind : unsigned char { lines, area /* stacked */, bars };
  Kind kind = Kind::lines;
  std::string title;
  std::string note;  // what to see in it, one sentence
  std::string x, y;  // names of the axes; may be empty
  Unit unit = Unit::number;
  // Of the y axis. Unknown: from the data, but never below 0 where these are not, and from 0 where they are fractions.
  double min = kUnknown, max = kUnknown;
  std::vector<std::string> labels;  // of bars
  std::vector<Series> series;       // those without points are left out
  bool wide = false;                // over the whole page
  bool sideways = false;            // bars that lie
};

// Of all points that are finite; unknown where there is none.
double least_value(const Chart& chart);

// A <figure>; empty where no series has points. Long series are thinned to means of neighbours.
std::string to_html(Chart chart);

// At most `most` points: means of neighbours, each at the last x that it covers.
std::vector<Point> thinned(const std::vector<Point>& points, size_t most);

}  // namespace millet::report
