#include "millet/cli/key_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace millet::cli {

std::string key_table(const Fields& fields) {
  struct Line {
    std::string key, kind, help;
  };
  std::vector<Line> lines;
  for (const Field& f : fields.all()) {
    std::string help = f.help;
    if (!f.choices.empty()) help += fmt::format(" ({})", fmt::join(f.choices, " | "));
    lines.push_back({f.path, fmt::format("{} = {}", f.type(), to_string(f.initial)), help});
  }
  for (const Fields::Row& row : fields.map_rows()) lines.push_back({row.path, row.type, row.help});
  size_t key_width = 0, kind_width = 0;
  for (const Line& line : lines) {
    key_width = std::max(key_width, line.key.size());
    kind_width = std::max(kind_width, line.kind.size());
  }
  std::string text;
  for (const Line& line : lines) {
    text += fmt::format("  {:{}}  {:{}}  {}\n", line.key, key_width, line.kind, kind_width, line.help);
  }
  return text;
}

}  // namespace millet::cli
