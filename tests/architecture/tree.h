// The project's own text files, as the rules of the house read them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace millet::architecture {

using Tree = std::map<std::string, std::string>;  // path from the root, with / → text

// The C++ under src/ and tests/, and docs/architecture.md.
Tree read_tree(const std::string& root);

std::vector<std::string> lines_of(std::string_view text);

// What a rule found, each with its place; shown by doctest when it is not empty.
using Findings = std::vector<std::string>;
std::string joined(const Findings& findings);

// Rules report what they find in src/ alone; these say where a file stands.
bool in_source(std::string_view path);
std::string room_of(std::string_view path);  // "nn" of "src/millet/nn/block.h"

}  // namespace millet::architecture
