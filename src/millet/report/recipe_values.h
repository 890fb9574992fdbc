// The values of a run's recipe.toml, to compare two recipes by.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace millet::report {

// "section.key" → value as written, of a resolved recipe (every key on a line of its own). The origin behind a value is
// left out: it may differ between two starts of one run.
std::map<std::string, std::string> recipe_values(std::string_view recipe);

// The file that names the model of a resolved recipe, whose first line it is: recipes/demo.toml of
// `model = "v3-mini"  # recipes/demo.toml:5`. Empty where the model is named elsewhere.
std::string recipe_file(std::string_view recipe);

}  // namespace millet::report
