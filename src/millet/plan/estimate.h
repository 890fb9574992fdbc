// Work → bytes and seconds: what a job needs before it runs.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "millet/core/work.h"

namespace millet::plan {

// What calibration found.
struct UnitTime {
  std::string phase;
  double seconds = 0;  // of one unit
};

struct Estimate {
  std::vector<Holding> memory;  // the job's and the program's, the largest first
  int64_t bytes = 0;            // their sum: the most that will be resident
  struct PhaseTime {
    std::string name;
    double seconds = 0;
  };
  std::vector<PhaseTime> phases;  // those that were timed
  double seconds = 0;             // of all of these
  bool upper_bound = false;       // no longer than that, rather than about that
};

// `resident`: bytes that the process holds already, program and data. Throws Error (own) for a time of a phase that the
// work does not have.
Estimate estimate(const Work& work, std::span<const UnitTime> times, int64_t resident);

// Throws Error for a job that does not fit: what it needs, what there is, what to change. `available`: bytes that can
// still be had beside `resident`; 0: not known, nothing is refused.
void require_room(const Estimate& estimate, int64_t resident, int64_t available);

// For people: "memory  at most 74 MB (22.6 GB are free): …" and, where phases were timed, "time    about 1:32: …".
std::vector<std::string> describe(const Estimate& estimate, int64_t available);

std::string size_text(int64_t bytes);  // "4.1 MB", "22.6 GB": three digits, decimal units

}  // namespace millet::plan
