#include "millet/plan/estimate.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "millet/core/error.h"
#include "millet/report/progress.h"

namespace millet::plan {

// Code and stacks that are touched only once the job runs, and the allocator's own gaps.
static constexpr int64_t kYetToCome = int64_t{3} << 20;

Estimate estimate(const Work& work, std::span<const UnitTime> times, int64_t resident) {
  Estimate e;
  e.memory = work.memory;
  e.memory.push_back({"program and data", resident + kYetToCome, ""});
  std::stable_sort(e.memory.begin(), e.memory.end(),
                   [](const Holding& a, const Holding& b) { return a.bytes > b.bytes; });
  e.bytes = std::accumulate(e.memory.begin(), e.memory.end(), int64_t{0},
                            [](int64_t sum, const Holding& h) { return sum + h.bytes; });
  for (const UnitTime& time : times) {
    const auto phase =
        std::find_if(work.phases.begin(), work.phases.end(), [&](const Phase& p) { return p.name == time.phase; });
    if (phase == work.phases.end()) fail_own("plan: a time for '{}', which is no phase of the job", time.phase);
    e.phases.push_back({phase->name, phase->units * time.seconds});
    e.seconds += e.phases.back().seconds;
    e.upper_bound = e.upper_bound || phase->upper_bound;
  }
  return e;
}

std::string size_text(int64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 999.5 && unit + 1 < std::size(kUnits)) {
    value /= 1000;
    ++unit;
  }
  const int decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return fmt::format("{:.{}f} {}", value, decimals, kUnits[unit]);
}

// The holdings that matter: "activations 52.1 MB, optimizer 4.10 MB"; what is less than a hundredth of all goes unsaid.
static std::string list(const Estimate& e) {
  std::string text;
  for (const Holding& h : e.memory) {
    if (h.bytes * 100 < e.bytes) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", h.name, size_text(h.bytes));
  }
  return text;
}

// The remedies of the largest holdings, as many as it takes: without the ones named the job would fit.
static std::string remedies(const Estimate& e, int64_t room) {
  std::vector<std::string> named;
  int64_t rest = e.bytes;
  for (const Holding& h : e.memory) {
    if (rest <= room) break;
    if (h.remedy.empty()) continue;
    rest -= h.bytes;
    if (std::find(named.begin(), named.end(), h.remedy) == named.end()) named.push_back(h.remedy);
  }
  return named.empty() ? "free some memory" : fmt::format("{}", fmt::join(named, ", and "));
}

void require_room(const Estimate& e, int64_t resident, int64_t available) {
  if (available == 0 || e.bytes - resident <= available) return;
  fail("this job needs up to {} of memory and {} are there ({}): {}", size_text(e.bytes),
       size_text(available + resident), list(e), remedies(e, available + resident));
}

std::vector<std::string> describe(const Estimate& e, int64_t available) {
  std::vector<std::string> lines;
  lines.push_back(fmt::format("memory  at most {}{}: {}", size_text(e.bytes),
                              available > 0 ? fmt::format(" ({} are free)", size_text(available)) : "", list(e)));
  if (e.phases.empty()) return lines;
  std::string parts;
  for (const Estimate::PhaseTime& p : e.phases) {
    parts += fmt::format("{}{} {}", parts.empty() ? "" : ", ", p.name, report::duration(p.seconds));
  }
  lines.push_back(
      fmt::format("time    {} {}: {}", e.upper_bound ? "at most" : "about", report::duration(e.seconds), parts));
  return lines;
}

}  // namespace millet::plan
