// Shapes of operations on rows, for conformance and for speed.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <vector>

namespace millet::tests {

struct RowCase {
  int64_t rows, width;
  std::string name() const { return fmt::format("rows={},width={}", rows, width); }
};

// Widths around the sixteen lanes, no rows at all, and enough rows for several tasks.
inline std::vector<RowCase> row_conformance_cases() {
  return {{3, 1}, {2, 15}, {4, 16}, {1, 17}, {5, 33}, {7, 128}, {0, 24}, {140, 130}, {2, 9001}};
}

// The demo's width and DeepSeek-V3's, in a step's worth of rows and in one row.
inline std::vector<RowCase> row_speed_cases() {
  return {{2048, 128}, {64, 128}, {1, 128}, {512, 7168}};
}

// Rows of logits: the demo's characters, a small tokenizer, DeepSeek-V3's.
inline std::vector<RowCase> vocabulary_speed_cases() {
  return {{2048, 40}, {64, 2048}, {16, 129280}};
}

}  // namespace millet::tests
