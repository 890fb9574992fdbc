// Rules about single lines of the source.
#pragma once

#include "tests/architecture/tree.h"

namespace millet::architecture {

// The environment is read in one place a variable: report/terminal asks NO_COLOR, TERM and COLUMNS, the shell's HOME
// tells where a history goes. Everything else comes in as an argument.
Findings environment_reads(const Tree& tree);

// Marks of work left undone, in source and tests.
Findings unfinished_marks(const Tree& tree);

// The first line of a header says what it is for; then comes #pragma once.
Findings silent_headers(const Tree& tree);

// Randomness is core/rng's: nothing of <random> or rand(), and no clock as a seed.
Findings foreign_randomness(const Tree& tree);

}  // namespace millet::architecture
