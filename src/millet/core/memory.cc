#include "millet/core/memory.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

namespace millet {

// The number behind a key in a file of lines "key number …".
static std::optional<int64_t> number_of(const char* path, std::string_view key) {
  std::ifstream file(path);
  std::string word;
  int64_t number = 0;
  while (file >> word) {
    if (word == key) return file >> number ? std::optional(number) : std::nullopt;
    file.ignore(1 << 10, '\n');
  }
  return std::nullopt;
}

// A file that holds one number; nothing where it is missing or says "max".
static std::optional<int64_t> only_number(const char* path) {
  std::ifstream file(path);
  int64_t number = 0;
  return file >> number ? std::optional(number) : std::nullopt;
}

// What a control group leaves: its limit without what is used and could not be dropped. Version 2, then version 1.
static std::optional<int64_t> left_by_control_group() {
  struct Files {
    const char *limit, *used, *statistics, *droppable;
  };
  static constexpr Files kVersions[] = {
      {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory.stat", "inactive_file"},
      {"/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes",
       "/sys/fs/cgroup/memory/memory.stat", "total_inactive_file"}};
  for (const Files& f : kVersions) {
    const auto limit = only_number(f.limit), used = only_number(f.used);
    if (limit && used) return std::max<int64_t>(0, *limit - *used + number_of(f.statistics, f.droppable).value_or(0));
  }
  return std::nullopt;
}

int64_t available_memory() {
  const int64_t machine = number_of("/proc/meminfo", "MemAvailable:").value_or(0) * 1024;
  const auto group = left_by_control_group();
  return group && (machine == 0 || *group < machine) ? *group : machine;
}

int64_t resident_memory() {
  return number_of("/proc/self/status", "VmRSS:").value_or(0) * 1024;
}

}  // namespace millet
