#include "millet/report/terminal.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>

#include "millet/core/unicode.h"

namespace millet::report {

namespace {

const char* const kHeights[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
const char* const kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

std::string_view sequence(Style style) {
  switch (style) {
    case Style::dim:
      return "\x1b[2m";
    case Style::bold:
      return "\x1b[1m";
    case Style::accent:
      return "\x1b[33m";
    case Style::good:
      return "\x1b[32m";
    case Style::bad:
      return "\x1b[1;31m";
    case Style::plain:
      break;
  }
  return "";
}

struct Glyph {
  std::string bytes;
  int width;
};

// The next character of the text, as it may be shown.
Glyph next_glyph(std::string_view text, size_t& at) {
  const unicode::Decoded next = unicode::decode(text, at);
  if (next.bytes == 0) {
    ++at;
    return {"�", 1};
  }
  const size_t start = at;
  const char32_t point = next.point;
  at += next.bytes;
  if (point == '\n') return {"⏎", 1};
  if (point == '\t') return {" ", 1};
  if (point < 0x20 || point == 0x7f) {  // Unicode has pictures of the control characters, in their order
    return {unicode::encode(point == 0x7f ? 0x2421 : 0x2400 + point), 1};
  }
  // NOTE: besides the C1 controls, this drops what turns the direction of text around: nobody's line may be reordered.
  if (unicode::is_control(point)) return {"�", 1};
  return {std::string(text.substr(start, at - start)), unicode::terminal_width(point)};
}

}  // namespace

Screen screen_of(int fd) {
  Screen screen;
  const char* term = std::getenv("TERM");
  const char* no_colour = std::getenv("NO_COLOR");
  const std::string_view kind = term == nullptr ? "" : term;
  screen.live = isatty(fd) == 1 && !kind.empty() && kind != "dumb";
  screen.colour = screen.live && (no_colour == nullptr || *no_colour == '\0');
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    screen.columns = size.ws_col;
  } else if (const char* columns = std::getenv("COLUMNS")) {
    screen.columns = std::clamp(std::atoi(columns), 20, 1000);
  }
  return screen;
}

std::string printable(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) out += next_glyph(text, at).bytes;
  return out;
}

int display_width(std::string_view text) {
  int width = 0;
  for (size_t at = 0; at < text.size();) width += next_glyph(text, at).width;
  return width;
}

int display_width(const Line& line) {
  int width = 0;
  for (const Text& t : line) width += display_width(t.text);
  return width;
}

std::string clip(std::string_view text, int columns) {
  std::string out;
  if (columns <= 0) return out;
  int width = 0;
  std::string kept;  // what fits beside an ellipsis
  for (size_t at = 0; at < text.size();) {
    const Glyph glyph = next_glyph(text, at);
    if (width + glyph.width > columns) return kept + "…";
    out += glyph.bytes;
    width += glyph.width;
    if (width < columns) kept = out;
  }
  return out;
}

std::string wrap(std::string_view text, int columns, int indent) {
  std::string out;
  int width = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t word = std::min(text.find_first_not_of(' ', at), text.size());
    const size_t end = std::min(text.find_first_of(" \n", word), text.size());
    const int wanted = static_cast<int>(word - at) + display_width(text.substr(word, end - word));
    if (width > indent && width + wanted > columns) {
      at = word;
      width = indent + display_width(text.substr(word, end - word));
      out += "\n" + std::string(static_cast<size_t>(indent), ' ');
    } else {
      width += wanted;
    }
    out += text.substr(at, end - at);
    at = end;
    if (at < text.size() && text[at] == '\n') {
      out += '\n';
      width = 0;
      ++at;
    }
  }
  return out;
}

std::string render(const Line& line, int columns, bool colour) {
  std::string out;
  int left = columns;
  for (const Text& t : line) {
    if (left <= 0) break;
    const std::string text = clip(t.text, left);
    left -= display_width(text);
    const std::string_view begin = colour ? sequence(t.style) : "";
    out += begin;
    out += text;
    if (!begin.empty()) out += "\x1b[0m";
  }
  return out;
}

std::string bar(double share, int columns) {
  if (columns <= 0) return "";
  const double full = std::isfinite(share) ? std::clamp(share, 0.0, 1.0) : 0.0;
  const int eighths = static_cast<int>(std::floor(full * columns * 8 + 1e-9));
  std::string out;
  for (int i = 0; i < eighths / 8; ++i) out += "█";
  out += kEighths[eighths % 8];
  for (int i = (eighths + 7) / 8; i < columns; ++i) out += "·";
  return out;
}

std::string columns_chart(std::span<const double> values, double low, double high) {
  std::string out;
  for (const double v : values) {
    if (!std::isfinite(v)) {
      out += " ";
      continue;
    }
    const double height = high > low ? (v - low) / (high - low) : 0.5;
    out += kHeights[static_cast<int>(std::clamp(height * 8, 0.0, 7.0))];
  }
  return out;
}

std::string sparkline(std::span<const double> values, int columns) {
  if (values.empty() || columns <= 0) return "";
  const size_t width = std::min(values.size(), static_cast<size_t>(columns));
  std::vector<double> means;
  for (size_t c = 0; c < width; ++c) {
    const size_t begin = c * values.size() / width;
    const size_t end = (c + 1) * values.size() / width;
    double sum = 0;
    int counted = 0;
    for (size_t i = begin; i < end; ++i) {
      if (!std::isfinite(values[i])) continue;
      sum += values[i];
      ++counted;
    }
    means.push_back(counted == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / counted);
  }
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double m : means) {
    if (!std::isfinite(m)) continue;
    low = std::min(low, m);
    high = std::max(high, m);
  }
  return columns_chart(means, low, high);
}

std::string LiveArea::clear(const Screen& screen) {
  int rows = 0;
  for (const int width : widths_) rows += std::max(1, (width + screen.columns - 1) / std::max(1, screen.columns));
  widths_.clear();
  return rows == 0 ? "" : fmt::format("\r\x1b[{}A\x1b[J", rows);
}

std::string LiveArea::redraw(const std::vector<Line>& lines, const Screen& screen) {
  std::string out = "\x1b[?25l" + clear(screen);
  for (const Line& line : lines) {
    // One column stays free: a terminal may wrap when its last one is filled.
    const std::string bytes = render(line, screen.columns - 1, screen.colour);
    widths_.push_back(std::min(display_width(line), screen.columns - 1));
    out += bytes + "\n";
  }
  return out + "\x1b[?25h";
}

std::string LiveArea::above(const std::vector<Line>& lines, const Screen& screen) {
  std::string out = clear(screen);
  for (const Line& line : lines) out += render(line, 1 << 20, screen.colour) + "\n";
  return out;
}

}  // namespace millet::report
