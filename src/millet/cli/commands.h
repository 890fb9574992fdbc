// The list of verbs.
#pragma once

#include <vector>

#include "millet/cli/command.h"

namespace millet::cli {

using CommandList = std::vector<const Command*>;

const CommandList& commands();  // in the order in which `millet` prints them

}  // namespace millet::cli
