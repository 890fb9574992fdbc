// Shapes of matrix products: for conformance and for speed.
#pragma once

#include <cstdint>
#include <vector>

namespace millet::tests {

struct GemmCase {
  int64_t rows, columns, depth;
};

// Small ones at the edges of tiles, panels and blocks of depth.
inline std::vector<GemmCase> gemm_conformance_cases() {
  return {{1, 1, 1},   {0, 5, 7},    {3, 16, 1},   {5, 17, 2},   {6, 16, 16},  {7, 15, 33},   {2, 96, 31},
          {8, 24, 64}, {13, 40, 48}, {67, 33, 20}, {64, 64, 64}, {12, 7, 300}, {131, 50, 257}};
}

// A Linear's forward in training: the demo's layers (about 1,057 rows, hidden 128) and the 10 M model's (4,096 rows,
// hidden 256).
inline std::vector<GemmCase> gemm_training_cases() {
  return {{1057, 192, 128}, {1057, 96, 128}, {1057, 256, 64},   {1057, 128, 128},  {1057, 512, 128},
          {1057, 128, 256}, {1057, 24, 128}, {4096, 1024, 256}, {4096, 256, 1024}, {4096, 2048, 256}};
}

// The experts of the two, gate and up together, then down.
struct GroupedCase {
  int64_t matrices;
  GemmCase each;
};
inline std::vector<GroupedCase> gemm_grouped_cases() {
  return {
      {8, {264, 128, 128}}, {8, {264, 128, 64}}, {16, {1024, 256, 256}}, {16, {1024, 256, 128}}, {8, {3, 128, 128}}};
}

// Decoding: rows of a batch of sequences, weights packed once.
inline std::vector<GemmCase> gemm_decoding_cases() {
  std::vector<GemmCase> cases;
  for (const int64_t rows : {1, 2, 4, 8, 16, 32, 64, 512}) {
    cases.push_back({rows, 256, 128});
    cases.push_back({rows, 256, 1024});
  }
  return cases;
}

}  // namespace millet::tests
