// Other people's vectors that are too large to be kept here: the folder MILLET_TEST_DATA.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <string_view>

namespace millet::tests {

inline const std::filesystem::path kTestData = MILLET_TEST_DATA;

// False, and said aloud, where that folder lacks the file or directory of this name.
inline bool has_test_data(std::string_view name) {
  if (std::filesystem::exists(kTestData / name)) return true;
  MESSAGE("skipped: there is no ", (kTestData / name).string(), "; configure with -DMILLET_TEST_DATA=DIR");
  return false;
}

}  // namespace millet::tests
