// From the words of a command line to a verb and its arguments, or to a text that answers (help, list of verbs).
#pragma once

#include <string>
#include <vector>

#include "millet/cli/commands.h"

namespace millet::cli {

struct CommandLine {
  const Command* command = nullptr;  // to run with `arguments`; null: print `text` instead
  Arguments arguments{{}};
  std::string text;
};

// `words` without the program's name. Throws Error for an unknown verb or option (naming the nearest known one), for
// missing and superfluous arguments.
CommandLine read_command_line(const CommandList& commands, const std::vector<std::string>& words);

}  // namespace millet::cli
