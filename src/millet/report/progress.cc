#include "millet/report/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "millet/core/clock.h"

namespace millet::report {

namespace {

constexpr double kRedrawInterval = 0.1;  // seconds
constexpr int kIndent = 2;               // of what goes on on a further line
constexpr size_t kCurveValues = 512;     // kept of the main curve; more than a terminal is wide

// Writes everything, or gives up quietly: a closed stderr is no reason to stop a training run.
void write_to_stderr(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, bytes.data(), bytes.size());
    if (written <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

std::string counted(double n) {
  const double size = std::abs(n);
  if (size < 9999.5) return fmt::format("{:.0f}", n);
  if (size < 999.5e3) return fmt::format("{:.{}f} k", n / 1e3, size < 99.95e3 ? 1 : 0);
  if (size < 999.5e6) return fmt::format("{:.{}f} M", n / 1e6, size < 9.995e6 ? 2 : 1);
  return fmt::format("{:.2f} G", n / 1e9);
}

// Fills lines with the parts in their order, each kept whole, at most `lines` lines; all but the first `indent` in.
std::vector<Line> flow(const std::vector<Line>& parts, int columns, size_t lines, int indent = 0) {
  const std::string gap = "   ";
  std::vector<Line> out;
  int width = 0;
  for (const Line& part : parts) {
    const int wanted = display_width(part);
    if (wanted == 0) continue;
    const bool fits = !out.empty() && width + static_cast<int>(gap.size()) + wanted <= columns;
    if (!fits) {
      if (out.size() == lines) return out;
      width = out.empty() ? 0 : indent;
      out.emplace_back();
      if (width > 0) out.back().push_back({std::string(static_cast<size_t>(indent), ' ')});
    } else {
      out.back().push_back({gap, Style::plain});
      width += static_cast<int>(gap.size());
    }
    out.back().insert(out.back().end(), part.begin(), part.end());
    width += wanted;
  }
  return out;
}

Line named(const std::string& name, std::string value, Style style = Style::bold) {
  return {{name + " ", Style::dim}, {std::move(value), style}};
}

Line ratio_line(const Status& s) {
  if (s.ratio_tokens == 0) return {};
  const std::string compared = counted(static_cast<double>(s.ratio_tokens));
  if (s.ratio_mismatches == 0) return {{"ratio ", Style::dim}, {"= 1", Style::good}, {" on " + compared, Style::dim}};
  return {{fmt::format("ratio ≠ 1 on {} of {}", s.ratio_mismatches, compared), Style::bad}};
}

Line experts_line(const Status& s, int columns) {
  if (s.expert_load.empty()) return {};
  // NOTE: heights are relative to an even load, which stands at half height, so that the picture means the same for
  // any number of experts.
  const double even = 1.0 / static_cast<double>(s.expert_load.size());
  const size_t shown = std::min(s.expert_load.size(), static_cast<size_t>(std::max(8, columns - 32)));
  Line line = {{"experts ", Style::dim},
               {columns_chart(std::span(s.expert_load).first(shown), 0, 2 * even), Style::accent}};
  if (shown < s.expert_load.size()) line.push_back({"…", Style::dim});
  if (std::isfinite(s.max_vio)) {
    line.push_back({"  MaxVio ", Style::dim});
    line.push_back({fmt::format("{:.2f}", s.max_vio), Style::bold});
  }
  return line;
}

// A text that stays, broken at blanks to the width of a terminal: a window that is widened later shows whole words.
std::vector<Line> wrapped(std::string_view text, int columns) {
  std::vector<Line> out;
  const std::string broken = wrap(printable(text), columns, kIndent);
  for (size_t at = 0; at <= broken.size();) {
    const size_t end = std::min(broken.find('\n', at), broken.size());
    out.push_back({{broken.substr(at, end - at)}});
    at = end + 1;
  }
  return out;
}

}  // namespace

// "99.8 %", with the gauge's remark behind it.
static std::string reading(const Gauge& g) {
  return reading(g.value, g.unit) + (g.remark.empty() ? "" : " " + g.remark);
}

std::string duration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "–";
  const auto s = static_cast<int64_t>(std::llround(std::min(seconds, 3.2e9)));
  if (s < 3600) return fmt::format("{}:{:02}", s / 60, s % 60);
  if (s < 86400) return fmt::format("{} h {:02}", s / 3600, s % 3600 / 60);
  return fmt::format("{} d {} h", s / 86400, s % 86400 / 3600);
}

std::string reading(double value, Unit unit) {
  if (!std::isfinite(value)) return "–";
  switch (unit) {
    case Unit::fraction:
      return fmt::format("{:.1f} %", 100 * value);
    case Unit::tokens:
      return fmt::format("{:.1f}", value);
    case Unit::count:
      return counted(value);
    case Unit::number:
      break;
  }
  const double size = std::abs(value);
  if (size == 0) return "0";
  if (size < 1e-3 || size >= 1e6) return fmt::format("{:.1e}", value);
  if (size < 1) return fmt::format("{:.4f}", value);
  return fmt::format("{:.{}f}", value, size < 10 ? 3 : size < 100 ? 2 : 1);
}

View::View(Options options) : options_(std::move(options)) {}

View::~View() {
  finish();
}

View View::on_stderr(bool quiet) {
  const bool live = screen_of(STDERR_FILENO).live;
  return View({.manner = quiet  ? Manner::warnings
                         : live ? Manner::live
                                : Manner::lines,
               .screen = [] { return screen_of(STDERR_FILENO); },
               .write = write_to_stderr,
               .now = seconds_now});
}

void View::begin(const Status& status) {
  active_ = true;
  status_ = {};
  started_ = options_.now();
  drawn_ = -1e300;
  shown_sample_.clear();
  marks_.clear();
  marks_.push_back({started_, status.step, status.tokens, status.flops, status.step_seconds});
  curve_.clear();
  curve_stride_ = 1;
  curve_sum_ = 0;
  curve_count_ = 0;
}

// Takes from a Status what a later one no longer holds: the curve, and marks for the rates.
void View::remember(const Status& status) {
  const double now = options_.now();
  const bool advanced = status.step != marks_.back().step || status.tokens != marks_.back().tokens;
  if (advanced) marks_.push_back({now, status.step, status.tokens, status.flops, status.step_seconds});
  // Rates are those of the last ten seconds, or of the last tenth of a long phase, and of two marks at least.
  const double window = std::max(10.0, 0.1 * (now - started_));
  while (marks_.size() > 2 && marks_[1].time < now - window) marks_.pop_front();

  const bool new_step = status.step != status_.step || (curve_.empty() && curve_count_ == 0);
  if (status.gauges.empty() || !std::isfinite(status.gauges[0].value) || !new_step) return;
  curve_sum_ += status.gauges[0].value;
  if (++curve_count_ < curve_stride_) return;
  curve_.push_back(curve_sum_ / static_cast<double>(curve_count_));
  curve_sum_ = 0;
  curve_count_ = 0;
  if (curve_.size() < kCurveValues) return;
  for (size_t i = 0; i < curve_.size() / 2; ++i) curve_[i] = (curve_[2 * i] + curve_[2 * i + 1]) / 2;
  curve_.resize(curve_.size() / 2);
  curve_stride_ *= 2;
}

void View::update(const Status& status) {
  if (!shows_progress()) return;
  const std::lock_guard lock(mutex_);
  if (active_ && status.phase != status_.phase) finish_locked();
  const bool first = !active_;
  if (first) begin(status);
  remember(status);
  Status merged = status;
  for (Gauge& gauge : merged.gauges) {  // what is measured every few steps alone keeps its last value
    for (const Gauge& before : status_.gauges) {
      if (std::isfinite(gauge.value) || before.name != gauge.name) continue;
      gauge.value = before.value;
      gauge.remark = before.remark;
    }
  }
  status_ = std::move(merged);
  const double now = options_.now();
  const double interval = options_.manner == Manner::live ? kRedrawInterval : options_.line_interval;
  if (first || now - drawn_ >= interval) draw();
}

void View::draw() {
  const Screen screen = options_.screen();
  drawn_ = options_.now();
  if (options_.manner == Manner::live) {
    options_.write(area_.redraw(picture(screen), screen));
    return;
  }
  std::string out = render(summary(), 1 << 20, false) + "\n";
  if (!status_.sample.empty() && status_.sample != shown_sample_) {
    out += render({{"  sample: " + status_.sample}}, 1 << 20, false) + "\n";
    shown_sample_ = status_.sample;
  }
  options_.write(out);
}

void View::note(std::string_view text) {
  if (shows_progress()) put(text);
}

void View::warn(std::string_view text) {
  if (options_.manner != Manner::quiet) put(text);
}

void View::put(std::string_view text) {
  const std::lock_guard lock(mutex_);
  const Screen screen = options_.screen();
  if (options_.manner != Manner::live) {
    options_.write(printable(text) + "\n");
    return;
  }
  std::string out = area_.above(wrapped(text, screen.columns - 1), screen);
  if (active_) out += area_.redraw(picture(screen), screen);
  options_.write(out);
}

void View::finish() {
  if (!shows_progress()) return;
  const std::lock_guard lock(mutex_);
  finish_locked();
}

void View::finish_locked() {
  if (!active_) return;
  active_ = false;
  const Screen screen = options_.screen();
  const double took = options_.now() - started_;
  std::vector<Line> parts = {
      {{status_.phase, Style::bold},
       {status_.steps > 0 ? fmt::format(" {}/{}", status_.step, status_.steps) : fmt::format(" {}", status_.step)}}};
  for (const Gauge& g : status_.gauges) {
    if (std::isfinite(g.value)) parts.push_back(named(g.name, reading(g), Style::plain));
  }
  if (status_.tokens > 0) parts.push_back({{counted(static_cast<double>(status_.tokens)) + " tokens", Style::dim}});
  parts.push_back({{"in " + duration(took), Style::dim}});
  if (options_.manner == Manner::live) {
    const std::vector<Line> lines = flow(parts, screen.columns - 1, parts.size(), kIndent);
    options_.write(area_.redraw({}, screen) + area_.above(lines, screen));
  } else {
    options_.write(render(flow(parts, 1 << 20, 1)[0], 1 << 20, false) + "\n");
  }
}

double View::seconds_left() const {
  const Mark& from = marks_.front();
  const Mark& to = marks_.back();
  if (status_.steps <= 0 || to.step <= from.step) return std::numeric_limits<double>::quiet_NaN();
  const double step_seconds = (to.time - from.time) / static_cast<double>(to.step - from.step);
  const double since = options_.now() - to.time;  // already spent on the step in work
  return std::max(0.0, step_seconds * static_cast<double>(status_.steps - status_.step) - since);
}

std::string View::rates() const {
  // NOTE: the time left counts pauses, as they will come again; speed and utilisation are those of the steps alone.
  const double stepping = marks_.back().step_seconds - marks_.front().step_seconds;
  const double seconds = stepping > 0 ? stepping : marks_.back().time - marks_.front().time;
  if (seconds <= 0) return "";
  std::string out;
  const auto tokens = static_cast<double>(marks_.back().tokens - marks_.front().tokens);
  if (tokens > 0) out = counted(tokens / seconds) + " tokens/s";
  const double flops = marks_.back().flops - marks_.front().flops;
  if (flops > 0 && status_.peak_flops > 0)
    out += fmt::format("{}MFU {:.0f} %", out.empty() ? "" : "   ", 100 * flops / seconds / status_.peak_flops);
  return out;
}

Line View::progress_line(const Screen& screen) const {
  const Status& s = status_;
  const double left = seconds_left();
  std::string after = s.steps > 0 ? fmt::format("  {}/{}", s.step, s.steps) : fmt::format("  {}", s.step);
  if (std::isfinite(left) && s.step < s.steps)
    after += "  " + duration(left) + " left";
  else
    after += "  " + duration(options_.now() - started_);
  // What matters most stays longest when the window is narrow: steps and time, then the phase, the bar, the activity.
  const int columns = screen.columns - 1;
  Line line = {{clip(s.phase, std::max(8, columns - display_width(after))), Style::bold}};
  const int room = columns - display_width(line) - display_width(after) - 2;
  if (s.steps > 0 && room >= 5) {
    const double share = static_cast<double>(s.step) / static_cast<double>(s.steps);
    line.push_back({"  "});
    line.push_back({bar(share, std::min(room, 40)), Style::accent});
  }
  line.push_back({after});
  if (!s.activity.empty()) line.push_back({fmt::format("  {}", s.activity), Style::dim});
  return line;
}

std::vector<Line> View::picture(const Screen& screen) const {
  const Status& s = status_;
  const int columns = screen.columns - 1;
  std::vector<Line> lines = {progress_line(screen)};
  std::vector<Line> parts;
  for (size_t i = 0; i < s.gauges.size(); ++i) {
    Line part = named(s.gauges[i].name, reading(s.gauges[i]));
    if (i == 0 && curve_.size() > 1) {
      const int width = std::clamp(columns / 3, 8, 32);  // full from the start, so that nothing beside it moves
      const std::string curve = sparkline(curve_, width);
      part.push_back({fmt::format(" {}{:{}}", curve, "", width - display_width(curve)), Style::accent});
    }
    parts.push_back(std::move(part));
  }
  for (Line& l : flow(parts, columns, 3)) lines.push_back(std::move(l));
  const std::string speed = rates();
  for (Line& l : flow({{{speed}}, ratio_line(s), experts_line(s, columns)}, columns, 3)) lines.push_back(std::move(l));
  if (!s.sample.empty()) lines.push_back({{fmt::format("› {}", s.sample), Style::dim}});
  return lines;
}

Line View::summary() const {
  const Status& s = status_;
  std::string out =
      s.steps > 0 ? fmt::format("{} {}/{}", s.phase, s.step, s.steps) : fmt::format("{} {}", s.phase, s.step);
  for (const Gauge& g : s.gauges) out += fmt::format("   {} {}", g.name, reading(g));
  if (const std::string speed = rates(); !speed.empty()) out += "   " + speed;
  if (std::isfinite(s.max_vio)) out += fmt::format("   MaxVio {:.2f}", s.max_vio);
  if (s.ratio_tokens > 0) {
    out += "   ";
    for (const Text& t : ratio_line(s)) out += t.text;
  }
  if (const double left = seconds_left(); std::isfinite(left) && s.step < s.steps)
    out += "   " + duration(left) + " left";
  return {{out}};
}

}  // namespace millet::report
