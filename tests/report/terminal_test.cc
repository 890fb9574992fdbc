#include "millet/report/terminal.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>

#include "screen.h"

using namespace millet::report;

TEST_CASE("a control character is shown as its picture and never reaches the terminal") {
  CHECK(printable("a\x1b[31mb") == "a␛[31mb");
  CHECK(printable("one\ntwo\tthree") == "one⏎two three");
  CHECK(printable(std::string_view("\0\x7f", 2)) == "␀␡");
  CHECK(printable("\xc2\x9b") == "�");  // the one-character form of ESC [
  CHECK(printable("a\xe2\x80\xae"
                  "b") == "a�b");  // right-to-left override
}

TEST_CASE("broken UTF-8 becomes a replacement character, a byte at a time") {
  CHECK(printable("a\xff\xfe") == "a��");
  CHECK(printable("\xe4\xb8") == "��");
  CHECK(printable("ü中🙂") == "ü中🙂");
}

TEST_CASE("wide characters take two columns and combining ones none") {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("中文") == 4);
  CHECK(display_width("e\xcc\x81") == 1);
  CHECK(display_width("▁█·–") == 4);
}

TEST_CASE("clip never exceeds its columns and says where it cut") {
  CHECK(clip("abcdef", 6) == "abcdef");
  CHECK(clip("abcdef", 5) == "abcd…");
  CHECK(clip("中文字", 5) == "中文…");
  CHECK(clip("中文字", 4) == "中…");
  CHECK(clip("abc", 0).empty());
  for (int columns = 0; columns < 12; ++columns) CHECK(display_width(clip("a中b文c字d", columns)) <= columns);
}

TEST_CASE("wrap breaks at blanks alone and keeps every word") {
  CHECK(wrap("memory  at most 3 MB: weights", 80, 8) == "memory  at most 3 MB: weights");
  CHECK(wrap("memory  at most 3 MB: weights", 20, 8) == "memory  at most 3\n        MB: weights");
  CHECK(wrap("J = a,   b = c", 9, 2) == "J = a,\n  b = c");
  CHECK(wrap("one\n  two three", 8, 2) == "one\n  two\n  three");
  CHECK(wrap("Σ_i Σ_t − 中文", 9, 0) == "Σ_i Σ_t −\n中文");
  CHECK(wrap("a-word-that-is-wide b", 5, 2) == "a-word-that-is-wide\n  b");
  CHECK(wrap("", 5, 2).empty());
  CHECK(wrap("end\n", 5, 2) == "end\n");
}

TEST_CASE("render is as wide as allowed, with colours only where wanted") {
  const Line line = {{"loss ", Style::dim}, {"0.5", Style::bold}, {" 中文", Style::plain}};
  CHECK(render(line, 80, false) == "loss 0.5 中文");
  CHECK(render(line, 9, false) == "loss 0.5…");
  CHECK(render(line, 13, false) == "loss 0.5 中文");
  CHECK(render(line, 10, false) == "loss 0.5 …");
  CHECK(render(line, 80, true).find("\x1b[1m0.5\x1b[0m") != std::string::npos);
}

TEST_CASE("a bar is as wide as asked for at every share") {
  for (const double share : {-1.0, 0.0, 0.001, 0.3, 0.5, 0.99, 1.0, 2.0, std::nan("")})
    CHECK(display_width(bar(share, 10)) == 10);
  CHECK(bar(0.5, 4) == "██··");
  CHECK(bar(0.5, 3) == "█▌·");
  CHECK(bar(1, 3) == "███");
}

TEST_CASE("a sparkline rises with its values and skips what is not a number") {
  CHECK(sparkline(std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7}, 8) == "▁▂▃▄▅▆▇█");
  CHECK(sparkline(std::vector<double>{0, 0, 1, 1}, 2) == "▁█");
  CHECK(sparkline(std::vector<double>{0, std::nan(""), 1}, 3) == "▁ █");
  CHECK(display_width(sparkline(std::vector<double>(1000, 2.0), 20)) == 20);
  CHECK(sparkline(std::vector<double>{}, 10).empty());
}

TEST_CASE("redrawing leaves the new lines alone on the screen, also when the window became narrower") {
  FakeScreen wide(40);
  LiveArea area;
  wide.write(area.redraw({{{"first"}}, {{"second"}}, {{"third"}}}, {.columns = 40, .live = true}));
  wide.write(area.redraw({{{"only"}}}, {.columns = 40, .live = true}));
  CHECK(wide.text() == "only\n");
  wide.write(area.above({{{"a remark"}}}, {.columns = 40, .live = true}));
  wide.write(area.redraw({{{"again"}}}, {.columns = 40, .live = true}));
  CHECK(wide.text() == "a remark\nagain\n");

  FakeScreen narrow(10);  // as a terminal of 40 columns looks after it was made narrow: long lines wrap
  LiveArea second;
  narrow.write("above\n");
  narrow.write(second.redraw({{{std::string(25, 'x')}}}, {.columns = 40, .live = true}));
  CHECK(narrow.rows().size() == 4);
  narrow.write(second.redraw({{{"short"}}}, {.columns = 10, .live = true}));
  CHECK(narrow.text() == "above\nshort\n");
}

TEST_CASE("every redraw leaves the cursor visible") {
  FakeScreen screen(40);
  LiveArea area;
  const std::string bytes = area.redraw({{{"a line"}}}, {.columns = 40, .live = true, .colour = true});
  CHECK(bytes.starts_with("\x1b[?25l"));
  screen.write(bytes);
  CHECK(screen.cursor_visible);
  CHECK(screen.understood);
}

TEST_CASE("a file is no live terminal and has no colours") {
  FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  const Screen screen = screen_of(fileno(file));
  CHECK_FALSE(screen.live);
  CHECK_FALSE(screen.colour);
  CHECK(screen.columns >= 20);
  std::fclose(file);
}
