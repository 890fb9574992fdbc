#include "millet/report/recipe_values.h"

#include <algorithm>

namespace millet::report {

std::map<std::string, std::string> recipe_values(std::string_view recipe) {
  std::map<std::string, std::string> values;
  std::string section;
  while (!recipe.empty()) {
    const size_t end = std::min(recipe.find('\n'), recipe.size());
    std::string_view line = recipe.substr(0, end);
    recipe.remove_prefix(std::min(end + 1, recipe.size()));
    const size_t equals = line.find(" = ");
    if (line.starts_with('[') && line.ends_with(']')) {
      section = std::string(line.substr(1, line.size() - 2)) + ".";
    } else if (equals != std::string_view::npos && !line.starts_with('#')) {
      const size_t origin = line.rfind("  # ");
      values[section + std::string(line.substr(0, equals))] =
          line.substr(equals + 3, origin == std::string_view::npos ? origin : origin - equals - 3);
    }
  }
  return values;
}

std::string recipe_file(std::string_view recipe) {
  const std::string_view line = recipe.substr(0, recipe.find('\n'));
  const size_t origin = line.rfind("  # ");
  const size_t colon = line.rfind(':');
  if (!line.starts_with("model = ") || origin >= colon || colon == std::string_view::npos) return "";
  return std::string(line.substr(origin + 4, colon - origin - 4));
}

}  // namespace millet::report
