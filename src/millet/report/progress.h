// The live view: loops give facts, this file decides how they look on a terminal, in a log file, or not at all.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "millet/report/terminal.h"

namespace millet::report {

enum class Unit : unsigned char {
  number,    // three significant digits
  fraction,  // shown in percent
  tokens,    // one decimal
  count,     // 1240, 8.1 k, 1.69 M
};

struct Gauge {
  std::string name;  // "loss", "reward", "length", "entropy"
  double value = 0;  // not-a-number: not measured at this step, the last value stays
  Unit unit = Unit::number;
  std::string remark = "";  // shown behind the value: "(step 20)"
};

// Where a loop stands. All amounts are sums since this process began the phase; the view takes rates from their
// differences.
struct Status {
  std::string phase;          // what the bar counts: "pre-training", "reinforcement learning", "evaluation"
  int64_t step = 0;           // done
  int64_t steps = 0;          // in all; 0 = not known
  std::string activity;       // inside a step: "rollouts", "training"; may be empty
  int64_t tokens = 0;         // rows that went through the model
  double flops = 0;           // of the model (model/cost), not of the machine
  double step_seconds = 0;    // spent on steps, without validation, samples and checkpoints; 0 = not told, the clock's
  double peak_flops = 0;      // of the machine in a second, measured; 0 = not known, no utilisation is shown
  std::vector<Gauge> gauges;  // in the order of showing; the first is the main curve
  std::vector<double> expert_load;  // share of rows of each expert, mean over the MoE layers; empty = dense
  double max_vio = std::numeric_limits<double>::quiet_NaN();  // greatest load / mean load − 1
  int64_t ratio_tokens = 0;      // sampled log-probabilities compared with the trainer's; 0 = no such check
  int64_t ratio_mismatches = 0;  // of these, not the same bits
  std::string sample;            // newest text of the model; may be empty
};

// Shows a Status. Four manners: live (a few lines redrawn in place, at most ten times a second), lines (one line every
// few seconds), warnings (these alone), quiet (nothing at all). May be called from several threads.
class View {
 public:
  enum class Manner : unsigned char { quiet, warnings, lines, live };

  struct Options {
    Manner manner = Manner::lines;
    std::function<Screen()> screen;               // asked at each redraw: windows change their size
    std::function<void(std::string_view)> write;  // all bytes of a redraw at once
    std::function<double()> now;                  // seconds, from anywhere
    double line_interval = 5;                     // seconds between two lines
  };

  explicit View(Options options);
  ~View();  // finish()
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  // On stderr: live where it is a terminal, lines where not, warnings alone where quiet.
  static View on_stderr(bool quiet);

  void update(const Status& status);

  // A line that stays, above the live lines: a remark, or a warning, which is shown where only warnings are.
  void note(std::string_view text);
  void warn(std::string_view text);

  // Replaces the live lines by one that stays: what the phase came to. Called by itself when the phase changes.
  void finish();

 private:
  struct Mark {
    double time;
    int64_t step, tokens;
    double flops, step_seconds;
  };
  void begin(const Status& status);
  void finish_locked();
  void draw();
  void put(std::string_view text);
  bool shows_progress() const { return options_.manner >= Manner::lines; }
  void remember(const Status& status);
  std::vector<Line> picture(const Screen& screen) const;
  Line progress_line(const Screen& screen) const;
  Line summary() const;  // as one line
  std::string rates() const;
  double seconds_left() const;

  Options options_;
  std::mutex mutex_;
  LiveArea area_;
  Status status_;
  bool active_ = false;
  double started_ = 0;
  double drawn_ = 0;           // when last drawn or printed
  std::string shown_sample_;   // the one that was printed in the manner of lines
  std::deque<Mark> marks_;     // of the last while, for rates
  std::vector<double> curve_;  // the first gauge; neighbours are merged when it grows long
  int64_t curve_stride_ = 1;   // updates merged in one value of curve_
  double curve_sum_ = 0;
  int64_t curve_count_ = 0;
};

// "0:42", "12:05", "3 h 07", "2 d 4 h".
std::string duration(double seconds);

// A gauge's value as people read it: "0.612", "99.8 %", "39.0", "1.69 M"; "–" where it is not known.
std::string reading(double value, Unit unit);

}  // namespace millet::report
