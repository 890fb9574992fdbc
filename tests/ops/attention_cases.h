// Batches for attention: for conformance and for speed.
#pragma once

#include <cstdint>
#include <vector>

#include "millet/ops/attention.h"

namespace millet::tests {

struct AttentionCase {
  std::vector<int64_t> lengths;  // of the segments, one after the other
  int64_t heads, depth, width;
  int64_t groups = 0;  // heads of keys and values; 0: as many as heads

  int64_t key_heads() const { return groups > 0 ? groups : heads; }

  int64_t rows() const {
    int64_t sum = 0;
    for (const int64_t length : lengths) sum += length;
    return sum;
  }
  std::vector<ops::Segment> segments() const {
    std::vector<ops::Segment> result;
    int64_t first = 0;
    for (const int64_t length : lengths) {
      result.push_back({.first_row = first, .rows = length, .cached_rows = 0});
      first += length;
    }
    return result;
  }
};

// Lengths at the edges of tiles of 64 keys and of the kernel's groups of rows; heads whose keys are wider than values.
inline std::vector<AttentionCase> attention_conformance_cases() {
  return {{{1}, 1, 1, 1},         {{2, 0, 1, 7}, 2, 24, 16},   {{63, 64, 65}, 2, 48, 32},
          {{129}, 3, 24, 16},     {{33, 12, 40}, 4, 48, 32},   {{70, 5}, 1, 19, 37},
          {{130, 66}, 1, 96, 64}, {{70, 1, 66}, 6, 24, 24, 2}, {{129, 5}, 3, 16, 20, 1}};
}

// Training and prefill: 32 documents of about 33 tokens; windows of 256 of the 10 M model; one long sequence.
inline std::vector<AttentionCase> attention_speed_cases() {
  return {{std::vector<int64_t>(32, 33), 4, 48, 32},
          {std::vector<int64_t>(16, 64), 4, 48, 32},
          {std::vector<int64_t>(16, 256), 8, 48, 32},
          {{2048}, 8, 48, 32},
          {{2048}, 14, 64, 64, 2}};
}

// Decoding: so many sequences of so many cached positions, one new row each.
struct DecodingCase {
  int64_t sequences, cached, heads, depth, width;
};
inline std::vector<DecodingCase> attention_decoding_cases() {
  return {{16, 40, 4, 48, 32}, {64, 40, 4, 48, 32}, {512, 40, 4, 48, 32}, {512, 200, 4, 48, 32}, {1, 2000, 8, 48, 32}};
}

}  // namespace millet::tests
