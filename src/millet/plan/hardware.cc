#include "millet/plan/hardware.h"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "millet/core/memory.h"
#include "millet/plan/estimate.h"

namespace millet::plan {

// What follows the first "model name : " of /proc/cpuinfo.
static std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "";
}

Hardware this_machine() {
  return {.processor = processor_name(),
          .cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency())),
          .memory_available = available_memory()};
}

std::string Hardware::describe() const {
  std::string text =
      fmt::format("{}{}{} core{}", processor, processor.empty() ? "" : ", ", cores, cores == 1 ? "" : "s");
  if (memory_available > 0) text += fmt::format(", {} free", size_text(memory_available));
  return text;
}

}  // namespace millet::plan
