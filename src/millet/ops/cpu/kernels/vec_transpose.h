// Transposing blocks of memory, for both x86 levels: shuffles of 8 × 8 gain nothing from wider registers here, because
// the copy is bound by its stores.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace millet::ops::cpu::MILLET_ISA {

// to[j][i] = from[i][j] for 8 rows i and 8 columns j, of which `rows` and `columns` exist; the others are written as 0.
MILLET_VEC void transpose_8x8(const float* from, int64_t from_stride, int64_t rows, int64_t columns, float* to,
                              int64_t to_stride) {
  const __m256i wanted =
      _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(columns)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  __m256 r[8];
  if (rows >= 8 && columns >= 8) {
    for (int i = 0; i < 8; ++i) r[i] = _mm256_loadu_ps(from + i * from_stride);
  } else {
    for (int i = 0; i < 8; ++i)
      r[i] = i < rows ? _mm256_maskload_ps(from + i * from_stride, wanted) : _mm256_setzero_ps();
  }
  __m256 pair[8], quad[8];
  for (int i = 0; i < 8; i += 2) {
    pair[i] = _mm256_unpacklo_ps(r[i], r[i + 1]);
    pair[i + 1] = _mm256_unpackhi_ps(r[i], r[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    quad[i] = _mm256_shuffle_ps(pair[i], pair[i + 2], 0x44);
    quad[i + 1] = _mm256_shuffle_ps(pair[i], pair[i + 2], 0xee);
    quad[i + 2] = _mm256_shuffle_ps(pair[i + 1], pair[i + 3], 0x44);
    quad[i + 3] = _mm256_shuffle_ps(pair[i + 1], pair[i + 3], 0xee);
  }
  for (int i = 0; i < 4; ++i) {
    if (i < columns) _mm256_storeu_ps(to + i * to_stride, _mm256_permute2f128_ps(quad[i], quad[i + 4], 0x20));
  }
  for (int i = 0; i < 4; ++i) {
    if (i + 4 < columns) _mm256_storeu_ps(to + (i + 4) * to_stride, _mm256_permute2f128_ps(quad[i], quad[i + 4], 0x31));
  }
}

// to[j][0 … 15] = from[0 … 15][j] for `columns` ≤ 16 columns j; rows beyond `rows` ≤ 16 give 0.
MILLET_VEC void transpose_16(const float* from, int64_t from_stride, int64_t rows, int64_t columns, float* to,
                             int64_t to_stride) {
  for (int64_t j = 0; j < columns; j += 8) {
    transpose_8x8(from + j, from_stride, rows, columns - j, to + j * to_stride, to_stride);
    transpose_8x8(from + 8 * from_stride + j, from_stride, rows - 8, columns - j, to + j * to_stride + 8, to_stride);
  }
}

}  // namespace millet::ops::cpu::MILLET_ISA
