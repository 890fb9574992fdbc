// Who may include whom: the rooms by the list in docs/architecture.md, other people's headers by one file each.
#pragma once

#include <set>

#include "tests/architecture/tree.h"

namespace millet::architecture {

using IncludeList = std::map<std::string, std::set<std::string>>;  // room → rooms; {"*"}: all

// The list under "Who may include whom": the first fenced block after these words, a line "room: rooms" each. Empty if
// there is none.
IncludeList read_include_list(std::string_view page);

// Rooms that include each other in a circle, which no floor plan has.
Findings circles(const IncludeList& list);

// Lines of the page's house ("  nn/    modules …") that say "not yet" of a room that exists, or nothing of one that
// does not; rooms of src/ that the page leaves out.
Findings wrong_map(const Tree& tree, std::string_view page);

// Every #include "…" of src/: begins with millet/, names a file that exists, of a room that the list allows.
Findings wrong_includes(const Tree& tree, const IncludeList& list);

// Every #include <…> of src/ that is neither the language's nor the system's: by one .cc a library, and no header of
// ours. {fmt} may stand where messages are made.
Findings scattered_libraries(const Tree& tree);

// Kernels are compiled once per instruction set: nothing but each other, <cstdint> and intrinsics, so that no inline
// function of one level can end up in another.
Findings kernel_includes(const Tree& tree);

}  // namespace millet::architecture
