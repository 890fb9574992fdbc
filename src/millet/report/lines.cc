#include "millet/report/lines.h"

#include <fmt/core.h>

#include <string>

#include "millet/core/error.h"
#include "millet/io/file.h"

namespace millet::report {

void for_each_line(const std::filesystem::path& file, const std::function<void(std::string_view, int64_t)>& f) {
  if (!std::filesystem::exists(file)) return;
  const std::string bytes = io::read_file(file);
  std::string_view rest = bytes;
  for (int64_t number = 1; !rest.empty(); ++number) {
    const size_t end = rest.find('\n');
    if (end == std::string_view::npos) return;  // torn
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (line.empty()) continue;
    try {
      f(line, number);
    } catch (const Error& error) {
      if (rest.empty()) return;
      throw error.within(fmt::format("{}:{}", file.string(), number));
    }
  }
}

void filter_lines(const std::filesystem::path& file, const std::function<bool(std::string_view)>& keep) {
  if (!std::filesystem::exists(file)) return;
  std::string kept;
  for_each_line(file, [&](std::string_view line, int64_t) {
    if (keep(line)) kept.append(line).append("\n");
  });
  io::write_file_atomically(file, kept);
}

}  // namespace millet::report
