#include "millet/report/progress.h"

#include <doctest/doctest.h>

#include <cmath>
#include <stdexcept>

#include "screen.h"

using namespace millet::report;

namespace {

// A view on a terminal in memory, with a clock that the test turns.
struct Bench {
  explicit Bench(int width, View::Manner manner = View::Manner::live, bool colour = false)
      : columns(width),
        screen(width),
        view({.manner = manner,
              .screen = [this, colour] { return Screen{.columns = columns, .live = true, .colour = colour}; },
              .write =
                  [this](std::string_view bytes) {
                    all += bytes;
                    screen.write(bytes);
                  },
              .now = [this] { return clock; }}) {}

  double clock = 1000;
  int columns;
  std::string all;
  FakeScreen screen;
  View view;
};

Status pretraining(int64_t step) {
  return {.phase = "pre-training",
          .step = step,
          .steps = 1600,
          .tokens = step * 1057,
          .flops = static_cast<double>(step) * 1057 * 6 * 0.56e6,
          .peak_flops = 100e9,
          .gauges = {{"loss", 2.5 * std::exp(-static_cast<double>(step) / 500)}, {"lr", 2e-3}, {"grad", 0.31}},
          .expert_load = {0.125, 0.16, 0.09, 0.125, 0.13, 0.12, 0.125, 0.125},
          .max_vio = 0.28,
          .sample = "<think>0-9=1-1=0+9=9*7=3</think><answer>3</answer>"};
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the live view shows step, time left, speed, utilisation, gauges, experts and a sample") {
  Bench b(100);
  for (int64_t step = 0; step <= 400; step += 10) {
    b.view.update(pretraining(step));
    b.clock += 1.3;
  }
  b.clock -= 1.3;
  b.view.update(pretraining(400));
  const std::string seen = b.screen.text();
  CAPTURE(seen);
  CHECK(contains(seen, "pre-training"));
  CHECK(contains(seen, "400/1600"));
  CHECK(contains(seen, "2:36 left"));      // 1,200 steps at 0.13 s
  CHECK(contains(seen, "8131 tokens/s"));  // 10 · 1,057 / 1.3
  CHECK(contains(seen, "MFU 27 %"));       // 8,131 · 6 · 0.56e6 / 100e9
  CHECK(contains(seen, "loss 1.123"));
  CHECK(contains(seen, "experts ▅"));
  CHECK(contains(seen, "MaxVio 0.28"));
  CHECK(contains(seen, "› <think>0-9=1"));
  CHECK(b.screen.understood);
  CHECK(b.screen.cursor_visible);
}

TEST_CASE("speed and utilisation are those of the steps, the time left counts the pauses too") {
  Bench b(100);
  for (int64_t step = 0; step <= 400; step += 10) {
    Status s = pretraining(step);
    s.step_seconds = 0.13 * static_cast<double>(step);
    b.view.update(s);
    b.clock += step % 100 == 0 ? 14.3 : 1.3;  // a validation now and then
  }
  Status s = pretraining(410);
  s.step_seconds = 0.13 * 410;
  b.view.update(s);
  CAPTURE(b.screen.text());
  CHECK(contains(b.screen.text(), "8131 tokens/s"));
  CHECK(contains(b.screen.text(), "MFU 27 %"));
  CHECK_FALSE(contains(b.screen.text(), "2:35 left"));
}

TEST_CASE("the picture keeps within any width and stands alone on the screen") {
  for (const int width : {20, 31, 40, 60, 80, 120, 200}) {
    Bench b(width);
    for (int64_t step = 0; step <= 100; step += 10) {
      Status s = pretraining(step);
      s.sample = "中文字的样本，很长很长很长很长很长很长很长很长\x1b[2J 🙂";
      b.view.update(s);
      b.clock += 1;
    }
    CAPTURE(width);
    CAPTURE(b.screen.text());
    CHECK(b.screen.rows().size() <= 8);
    CHECK(contains(b.screen.rows().at(0), "100/1600"));
    CHECK(b.screen.understood);
    for (const std::string& row : b.screen.rows()) CHECK(display_width(row) < width);
  }
}

TEST_CASE("the view is drawn at most ten times a second") {
  Bench b(80);
  size_t redraws = 0;
  for (int i = 0; i < 1000; ++i) {
    const size_t before = b.all.size();
    b.view.update(pretraining(i));
    if (b.all.size() != before) ++redraws;
    b.clock += 0.01;
  }
  CHECK(redraws <= 101);
  CHECK(redraws >= 90);
}

TEST_CASE("without a terminal there is one plain line every five seconds") {
  Bench b(80, View::Manner::lines);
  for (int i = 0; i <= 100; ++i) {
    b.view.update(pretraining(i));
    b.clock += 0.25;
  }
  int lines = 0;
  for (const std::string& row : b.screen.rows()) lines += contains(row, "pre-training") ? 1 : 0;
  CHECK(lines == 6);  // at 0, 5, 10, 15, 20 and 25 seconds
  CHECK(b.all.find('\x1b') == std::string::npos);
  CHECK(contains(b.all, "loss"));
  CHECK(contains(b.all, "sample: <think>"));
}

TEST_CASE("quiet writes nothing") {
  Bench b(80, View::Manner::quiet);
  b.view.update(pretraining(3));
  b.view.note("a remark");
  b.view.warn("a warning");
  b.view.finish();
  CHECK(b.all.empty());
}

TEST_CASE("where only warnings are shown, a warning is, as a line of its own") {
  Bench b(80, View::Manner::warnings);
  b.view.update(pretraining(3));
  b.view.note("a remark");
  b.view.warn("a warning");
  b.view.update(pretraining(9));
  b.view.finish();
  CHECK(b.all == "a warning\n");
}

TEST_CASE("a finished phase leaves one line, and the next begins with a clock of its own") {
  Bench b(120);
  b.view.update(pretraining(0));
  b.clock += 200;
  b.view.update(pretraining(1600));
  b.view.update({.phase = "reinforcement learning", .step = 0, .steps = 40});
  CHECK(contains(b.screen.rows().at(0), "pre-training 1600/1600"));
  CHECK(contains(b.screen.rows().at(0), "1.69 M tokens"));
  CHECK(contains(b.screen.rows().at(0), "in 3:20"));
  CHECK(contains(b.screen.rows().at(1), "reinforcement learning"));
  CHECK_FALSE(contains(b.screen.rows().at(1), "3:20"));
  b.view.finish();
  CHECK(b.screen.rows().size() == 2);
}

TEST_CASE("a remark stays above the live lines") {
  Bench b(80);
  b.view.update(pretraining(1));
  b.view.note("checkpoint written");
  CHECK(b.screen.rows().at(0) == "checkpoint written");
  CHECK(contains(b.screen.rows().at(1), "pre-training"));
  b.clock += 1;
  b.view.update(pretraining(2));
  CHECK(b.screen.rows().at(0) == "checkpoint written");
  CHECK(contains(b.screen.rows().at(1), "2/1600"));
}

TEST_CASE("what stays breaks between figures and between words of a narrow terminal") {
  Bench b(40);
  b.view.update(pretraining(1600));
  b.view.note("step 1600: ROMEO:\nWhat say you to my suit, and to my sister?");
  b.view.finish();
  CAPTURE(b.screen.text());
  CHECK(b.screen.rows() == std::vector<std::string>{"step 1600: ROMEO:⏎What say you to my", "  suit, and to my sister?",
                                                    "pre-training 1600/1600   loss 0.1019", "  lr 0.0020   grad 0.3100",
                                                    "  1.69 M tokens   in 0:00"});
}

TEST_CASE("the ratio check reads as exact or names its mismatches") {
  Bench b(100);
  Status s = {.phase = "rl", .step = 1, .steps = 40, .ratio_tokens = 12400, .ratio_mismatches = 0};
  b.view.update(s);
  CHECK(contains(b.screen.text(), "ratio = 1 on 12.4 k"));
  b.clock += 1;
  s.ratio_mismatches = 3;
  b.view.update(s);
  CHECK(contains(b.screen.text(), "ratio ≠ 1 on 3 of 12.4 k"));
}

TEST_CASE("an exception on the way leaves the cursor visible and the last picture closed") {
  FakeScreen screen(80);
  double clock = 0;
  try {
    View view({.manner = View::Manner::live,
               .screen = [] { return Screen{.columns = 80, .live = true, .colour = true}; },
               .write = [&](std::string_view bytes) { screen.write(bytes); },
               .now = [&] { return clock; }});
    view.update(pretraining(5));
    throw std::runtime_error("a loop failed");
  } catch (const std::runtime_error&) {
  }
  CHECK(screen.cursor_visible);
  CHECK(contains(screen.text(), "pre-training 5/1600"));
  CHECK_FALSE(contains(screen.text(), "experts"));
}

TEST_CASE("a value that is not known is shown as a dash, never as nan") {
  Bench b(80);
  b.view.update({.phase = "rl", .step = 1, .steps = 0, .gauges = {{"greedy", std::nan(""), Unit::fraction}}});
  CHECK(contains(b.screen.text(), "greedy –"));
  CHECK_FALSE(contains(b.screen.text(), "nan"));
}

TEST_CASE("a value that is measured now and then keeps standing in between, but not into the next phase") {
  Bench b(80);
  b.view.update({.phase = "rl", .step = 5, .steps = 40, .gauges = {{"greedy", 0.28, Unit::fraction, "(step 5)"}}});
  b.clock += 1;
  b.view.update({.phase = "rl", .step = 6, .steps = 40, .gauges = {{"greedy", std::nan(""), Unit::fraction}}});
  CHECK(contains(b.screen.text(), "greedy 28.0 % (step 5)"));
  b.view.update({.phase = "more", .step = 0, .steps = 40, .gauges = {{"greedy", std::nan(""), Unit::fraction}}});
  CHECK(contains(b.screen.text(), "greedy –"));
}

TEST_CASE("amounts and durations read as people write them") {
  CHECK(reading(0.998, Unit::fraction) == "99.8 %");
  CHECK(reading(39, Unit::tokens) == "39.0");
  CHECK(reading(1690000, Unit::count) == "1.69 M");
  CHECK(reading(8100, Unit::count) == "8100");
  CHECK(reading(0.0002, Unit::number) == "2.0e-04");
  CHECK(reading(0.6123, Unit::number) == "0.6123");
  CHECK(reading(0, Unit::number) == "0");
  CHECK(reading(INFINITY, Unit::number) == "–");
  CHECK(duration(42) == "0:42");
  CHECK(duration(725) == "12:05");
  CHECK(duration(3600 * 3 + 7 * 60) == "3 h 07");
  CHECK(duration(86400.0 * 54) == "54 d 0 h");
  CHECK(duration(std::nan("")) == "–");
}
