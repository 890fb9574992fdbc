// This machine, as far as a job's cost depends on it.
#pragma once

#include <cstdint>
#include <string>

namespace millet::plan {

struct Hardware {
  std::string processor;         // "AMD EPYC 9B45"; empty where the system does not say
  int cores = 1;                 // that this process may run on
  int64_t memory_available = 0;  // bytes that can still be had; 0: not known

  std::string describe() const;  // "AMD EPYC 9B45, 2 cores, 22.6 GB free"
};

Hardware this_machine();

}  // namespace millet::plan
