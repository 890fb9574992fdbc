// What is known of the place people look at, and the few ANSI sequences that are used there.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millet::report {

// A terminal, or a file or pipe in its place. Nothing but NO_COLOR, TERM and COLUMNS is read from the environment.
struct Screen {
  int columns = 80;
  bool live = false;    // lines can be redrawn in place; block characters are then taken for granted
  bool colour = false;  // never with NO_COLOR
};

Screen screen_of(int fd);

enum class Style : unsigned char { plain, dim, bold, accent, good, bad };

struct Text {
  std::string text;
  Style style = Style::plain;
};
using Line = std::vector<Text>;

// Columns that the text takes: wide characters two, combining ones none. Control characters and broken UTF-8 count as
// printable() would show them.
int display_width(std::string_view text);
int display_width(const Line& line);

// Text that cannot command a terminal: control characters become their pictures (␛, ⏎), broken UTF-8 becomes �.
// What a model or a file says goes through here before it is shown.
std::string printable(std::string_view text);

// At most `columns` columns of it; where something was cut it ends in "…".
std::string clip(std::string_view text, int columns);

// Lines of text broken at blanks, so that none is wider than `columns`, except for a word that is; what goes on on a
// further line stands `indent` columns in. Trusts its text: for the program's own words.
std::string wrap(std::string_view text, int columns, int indent);

// A line as bytes, at most `columns` wide, with colours where `colour` says so. Every text passes printable().
std::string render(const Line& line, int columns, bool colour);

// A bar `columns` wide of which `share` (0 to 1) is full, in eighths of a column.
std::string bar(double share, int columns);

// Heights from `low` to `high` as ▁…█, one column a value; not-a-number is a blank.
std::string columns_chart(std::span<const double> values, double low, double high);

// A curve squeezed into at most `columns` columns (means of neighbours), from its least to its greatest value.
std::string sparkline(std::span<const double> values, int columns);

// Lines that are redrawn in place. Each redraw is one string of bytes that hides the cursor, draws, and shows it again
// on the line below, so whatever ends the program between two redraws leaves the cursor visible.
class LiveArea {
 public:
  // Bytes that replace what stands there now by `lines` (none: clears it).
  std::string redraw(const std::vector<Line>& lines, const Screen& screen);

  // Bytes that put lines above the area, where they stay. The area must be redrawn after it.
  std::string above(const std::vector<Line>& lines, const Screen& screen);

 private:
  std::string clear(const Screen& screen);
  std::vector<int> widths_;  // of the lines that stand there; a narrower window wraps them
};

}  // namespace millet::report
