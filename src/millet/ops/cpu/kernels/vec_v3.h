// vec.h for AVX2 and FMA: two halves of eight lanes.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace millet::ops::cpu::MILLET_ISA {

struct f32x16 {
  __m256 low, high;
};
struct i32x16 {
  __m256i low, high;
};
struct mask16 {  // all bits of a chosen lane are set
  __m256 low, high;
};

MILLET_VEC f32x16 broadcast(float x) {
  return {_mm256_set1_ps(x), _mm256_set1_ps(x)};
}
MILLET_VEC f32x16 zero() {
  return {_mm256_setzero_ps(), _mm256_setzero_ps()};
}
MILLET_VEC i32x16 broadcast_i32(int32_t x) {
  return {_mm256_set1_epi32(x), _mm256_set1_epi32(x)};
}

MILLET_VEC f32x16 load(const float* p) {
  return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)};
}
MILLET_VEC void store(float* p, f32x16 x) {
  _mm256_storeu_ps(p, x.low);
  _mm256_storeu_ps(p + 8, x.high);
}
MILLET_VEC i32x16 load_i32(const int32_t* p) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)),
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 8))};
}
MILLET_VEC void store_i32(int32_t* p, i32x16 x) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), x.low);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p + 8), x.high);
}

// The first `count` lanes, 0 … 16.
MILLET_VEC mask16 first(int64_t count) {
  const __m256i n = _mm256_set1_epi32(static_cast<int>(count));
  return {_mm256_castsi256_ps(_mm256_cmpgt_epi32(n, _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))),
          _mm256_castsi256_ps(_mm256_cmpgt_epi32(n, _mm256_setr_epi32(8, 9, 10, 11, 12, 13, 14, 15)))};
}

// Eight floats.
MILLET_VEC void copy_8(const float* from, float* to) {
  _mm256_storeu_ps(to, _mm256_loadu_ps(from));
}

// Masked: other lanes are 0 (load) or left alone (store); their addresses are not touched.
MILLET_VEC f32x16 load(const float* p, mask16 m) {
  return {_mm256_maskload_ps(p, _mm256_castps_si256(m.low)), _mm256_maskload_ps(p + 8, _mm256_castps_si256(m.high))};
}
MILLET_VEC void store(float* p, f32x16 x, mask16 m) {
  _mm256_maskstore_ps(p, _mm256_castps_si256(m.low), x.low);
  _mm256_maskstore_ps(p + 8, _mm256_castps_si256(m.high), x.high);
}
MILLET_VEC i32x16 load_i32(const int32_t* p, mask16 m) {
  return {_mm256_maskload_epi32(p, _mm256_castps_si256(m.low)),
          _mm256_maskload_epi32(p + 8, _mm256_castps_si256(m.high))};
}
MILLET_VEC void store_i32(int32_t* p, i32x16 x, mask16 m) {
  _mm256_maskstore_epi32(p, _mm256_castps_si256(m.low), x.low);
  _mm256_maskstore_epi32(p + 8, _mm256_castps_si256(m.high), x.high);
}

MILLET_VEC f32x16 operator+(f32x16 a, f32x16 b) {
  return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)};
}
MILLET_VEC f32x16 operator-(f32x16 a, f32x16 b) {
  return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)};
}
MILLET_VEC f32x16 operator*(f32x16 a, f32x16 b) {
  return {_mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high)};
}
MILLET_VEC f32x16 operator/(f32x16 a, f32x16 b) {
  return {_mm256_div_ps(a.low, b.low), _mm256_div_ps(a.high, b.high)};
}
MILLET_VEC f32x16 sqrt(f32x16 x) {
  return {_mm256_sqrt_ps(x.low), _mm256_sqrt_ps(x.high)};
}
// a·b + c, rounded once.
MILLET_VEC f32x16 fma(f32x16 a, f32x16 b, f32x16 c) {
  return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
}
// Of a NaN and another number, max and min give the second argument.
MILLET_VEC f32x16 max(f32x16 a, f32x16 b) {
  return {_mm256_max_ps(a.low, b.low), _mm256_max_ps(a.high, b.high)};
}
MILLET_VEC f32x16 min(f32x16 a, f32x16 b) {
  return {_mm256_min_ps(a.low, b.low), _mm256_min_ps(a.high, b.high)};
}

// Comparisons are false where a NaN stands.
MILLET_VEC mask16 less(f32x16 a, f32x16 b) {
  return {_mm256_cmp_ps(a.low, b.low, _CMP_LT_OQ), _mm256_cmp_ps(a.high, b.high, _CMP_LT_OQ)};
}
MILLET_VEC mask16 less_equal(f32x16 a, f32x16 b) {
  return {_mm256_cmp_ps(a.low, b.low, _CMP_LE_OQ), _mm256_cmp_ps(a.high, b.high, _CMP_LE_OQ)};
}
MILLET_VEC mask16 equal(f32x16 a, f32x16 b) {
  return {_mm256_cmp_ps(a.low, b.low, _CMP_EQ_OQ), _mm256_cmp_ps(a.high, b.high, _CMP_EQ_OQ)};
}
MILLET_VEC mask16 operator&(mask16 a, mask16 b) {
  return {_mm256_and_ps(a.low, b.low), _mm256_and_ps(a.high, b.high)};
}
MILLET_VEC bool any(mask16 m) {
  return (_mm256_movemask_ps(m.low) | _mm256_movemask_ps(m.high)) != 0;
}
// m ? a : b
MILLET_VEC f32x16 select(mask16 m, f32x16 a, f32x16 b) {
  return {_mm256_blendv_ps(b.low, a.low, m.low), _mm256_blendv_ps(b.high, a.high, m.high)};
}

MILLET_VEC i32x16 operator+(i32x16 a, i32x16 b) {
  return {_mm256_add_epi32(a.low, b.low), _mm256_add_epi32(a.high, b.high)};
}
MILLET_VEC i32x16 operator-(i32x16 a, i32x16 b) {
  return {_mm256_sub_epi32(a.low, b.low), _mm256_sub_epi32(a.high, b.high)};
}
MILLET_VEC i32x16 operator&(i32x16 a, i32x16 b) {
  return {_mm256_and_si256(a.low, b.low), _mm256_and_si256(a.high, b.high)};
}
MILLET_VEC i32x16 operator|(i32x16 a, i32x16 b) {
  return {_mm256_or_si256(a.low, b.low), _mm256_or_si256(a.high, b.high)};
}
template <int bits>
MILLET_VEC i32x16 shift_left(i32x16 x) {
  return {_mm256_slli_epi32(x.low, bits), _mm256_slli_epi32(x.high, bits)};
}
template <int bits>
MILLET_VEC i32x16 shift_right(i32x16 x) {  // keeps the sign
  return {_mm256_srai_epi32(x.low, bits), _mm256_srai_epi32(x.high, bits)};
}
MILLET_VEC i32x16 bits_of(f32x16 x) {
  return {_mm256_castps_si256(x.low), _mm256_castps_si256(x.high)};
}
MILLET_VEC f32x16 from_bits(i32x16 x) {
  return {_mm256_castsi256_ps(x.low), _mm256_castsi256_ps(x.high)};
}
MILLET_VEC f32x16 to_f32(i32x16 x) {
  return {_mm256_cvtepi32_ps(x.low), _mm256_cvtepi32_ps(x.high)};
}

// Lanes 0 0 2 2 4 4 …, and 1 1 3 3 5 5 …: both halves of neighbouring pairs.
MILLET_VEC f32x16 twice_even(f32x16 x) {
  return {_mm256_moveldup_ps(x.low), _mm256_moveldup_ps(x.high)};
}
MILLET_VEC f32x16 twice_odd(f32x16 x) {
  return {_mm256_movehdup_ps(x.low), _mm256_movehdup_ps(x.high)};
}

// The one tree over lanes: i with i + 8, then + 4, + 2, + 1.
MILLET_VEC float sum(f32x16 x) {
  const __m256 by8 = _mm256_add_ps(x.low, x.high);
  const __m128 by4 = _mm_add_ps(_mm256_castps256_ps128(by8), _mm256_extractf128_ps(by8, 1));
  const __m128 by2 = _mm_add_ps(by4, _mm_movehl_ps(by4, by4));
  return _mm_cvtss_f32(_mm_add_ss(by2, _mm_movehdup_ps(by2)));
}
MILLET_VEC float max_of(f32x16 x) {
  const __m256 by8 = _mm256_max_ps(x.low, x.high);
  const __m128 by4 = _mm_max_ps(_mm256_castps256_ps128(by8), _mm256_extractf128_ps(by8, 1));
  const __m128 by2 = _mm_max_ps(by4, _mm_movehl_ps(by4, by4));
  return _mm_cvtss_f32(_mm_max_ss(by2, _mm_movehdup_ps(by2)));
}

}  // namespace millet::ops::cpu::MILLET_ISA

#include "millet/ops/cpu/kernels/vec_transpose.h"
