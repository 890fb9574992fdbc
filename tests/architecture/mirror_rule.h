// Tests mirror the source: a public header src/millet/<room>/…/<file>.h has tests/<room>/<file>_test.cc.
#pragma once

#include "tests/architecture/tree.h"

namespace millet::architecture {

// Headers without a test of their own, each for a reason; paths from src/millet, a trailing / for a whole folder.
struct Exception {
  std::string path;
  std::string reason;
};

// Headers without a test (a *_slow_test.cc counts) that no exception names; exceptions that are stale, because the
// header is gone or has its test now.
Findings broken_mirror(const Tree& tree, const std::vector<Exception>& exceptions);

}  // namespace millet::architecture
