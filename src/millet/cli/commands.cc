#include "millet/cli/commands.h"

namespace millet::cli {

// One declaration and one row a verb; each is defined in the file of its name.

const CommandList& commands() {
  static const CommandList rows = {};
  return rows;
}

}  // namespace millet::cli
