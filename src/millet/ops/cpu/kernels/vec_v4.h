// vec.h for AVX-512 (F, BW, DQ, VL): one register.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace millet::ops::cpu::MILLET_ISA {

struct f32x16 {
  __m512 lanes;
};
struct i32x16 {
  __m512i lanes;
};
struct mask16 {
  __mmask16 lanes;
};

MILLET_VEC f32x16 broadcast(float x) {
  return {_mm512_set1_ps(x)};
}
MILLET_VEC f32x16 zero() {
  return {_mm512_setzero_ps()};
}
MILLET_VEC i32x16 broadcast_i32(int32_t x) {
  return {_mm512_set1_epi32(x)};
}

MILLET_VEC f32x16 load(const float* p) {
  return {_mm512_loadu_ps(p)};
}
MILLET_VEC void store(float* p, f32x16 x) {
  _mm512_storeu_ps(p, x.lanes);
}
MILLET_VEC i32x16 load_i32(const int32_t* p) {
  return {_mm512_loadu_si512(p)};
}
MILLET_VEC void store_i32(int32_t* p, i32x16 x) {
  _mm512_storeu_si512(p, x.lanes);
}

// The first `count` lanes, 0 … 16.
MILLET_VEC mask16 first(int64_t count) {
  return {static_cast<__mmask16>((uint32_t{1} << count) - 1)};
}

// Eight floats.
MILLET_VEC void copy_8(const float* from, float* to) {
  _mm256_storeu_ps(to, _mm256_loadu_ps(from));
}

// Masked: other lanes are 0 (load) or left alone (store); their addresses are not touched.
MILLET_VEC f32x16 load(const float* p, mask16 m) {
  return {_mm512_maskz_loadu_ps(m.lanes, p)};
}
MILLET_VEC void store(float* p, f32x16 x, mask16 m) {
  _mm512_mask_storeu_ps(p, m.lanes, x.lanes);
}
MILLET_VEC i32x16 load_i32(const int32_t* p, mask16 m) {
  return {_mm512_maskz_loadu_epi32(m.lanes, p)};
}
MILLET_VEC void store_i32(int32_t* p, i32x16 x, mask16 m) {
  _mm512_mask_storeu_epi32(p, m.lanes, x.lanes);
}

MILLET_VEC f32x16 operator+(f32x16 a, f32x16 b) {
  return {_mm512_add_ps(a.lanes, b.lanes)};
}
MILLET_VEC f32x16 operator-(f32x16 a, f32x16 b) {
  return {_mm512_sub_ps(a.lanes, b.lanes)};
}
MILLET_VEC f32x16 operator*(f32x16 a, f32x16 b) {
  return {_mm512_mul_ps(a.lanes, b.lanes)};
}
MILLET_VEC f32x16 operator/(f32x16 a, f32x16 b) {
  return {_mm512_div_ps(a.lanes, b.lanes)};
}
MILLET_VEC f32x16 sqrt(f32x16 x) {
  return {_mm512_sqrt_ps(x.lanes)};
}
// a·b + c, rounded once.
MILLET_VEC f32x16 fma(f32x16 a, f32x16 b, f32x16 c) {
  return {_mm512_fmadd_ps(a.lanes, b.lanes, c.lanes)};
}
// Of a NaN and another number, max and min give the second argument.
MILLET_VEC f32x16 max(f32x16 a, f32x16 b) {
  return {_mm512_max_ps(a.lanes, b.lanes)};
}
MILLET_VEC f32x16 min(f32x16 a, f32x16 b) {
  return {_mm512_min_ps(a.lanes, b.lanes)};
}

// Comparisons are false where a NaN stands.
MILLET_VEC mask16 less(f32x16 a, f32x16 b) {
  return {_mm512_cmp_ps_mask(a.lanes, b.lanes, _CMP_LT_OQ)};
}
MILLET_VEC mask16 less_equal(f32x16 a, f32x16 b) {
  return {_mm512_cmp_ps_mask(a.lanes, b.lanes, _CMP_LE_OQ)};
}
MILLET_VEC mask16 equal(f32x16 a, f32x16 b) {
  return {_mm512_cmp_ps_mask(a.lanes, b.lanes, _CMP_EQ_OQ)};
}
MILLET_VEC mask16 operator&(mask16 a, mask16 b) {
  return {static_cast<__mmask16>(a.lanes & b.lanes)};
}
MILLET_VEC bool any(mask16 m) {
  return m.lanes != 0;
}
// m ? a : b
MILLET_VEC f32x16 select(mask16 m, f32x16 a, f32x16 b) {
  return {_mm512_mask_blend_ps(m.lanes, b.lanes, a.lanes)};
}

MILLET_VEC i32x16 operator+(i32x16 a, i32x16 b) {
  return {_mm512_add_epi32(a.lanes, b.lanes)};
}
MILLET_VEC i32x16 operator-(i32x16 a, i32x16 b) {
  return {_mm512_sub_epi32(a.lanes, b.lanes)};
}
MILLET_VEC i32x16 operator&(i32x16 a, i32x16 b) {
  return {_mm512_and_si512(a.lanes, b.lanes)};
}
MILLET_VEC i32x16 operator|(i32x16 a, i32x16 b) {
  return {_mm512_or_si512(a.lanes, b.lanes)};
}
template <int bits>
MILLET_VEC i32x16 shift_left(i32x16 x) {
  return {_mm512_slli_epi32(x.lanes, bits)};
}
template <int bits>
MILLET_VEC i32x16 shift_right(i32x16 x) {  // keeps the sign
  return {_mm512_srai_epi32(x.lanes, bits)};
}
MILLET_VEC i32x16 bits_of(f32x16 x) {
  return {_mm512_castps_si512(x.lanes)};
}
MILLET_VEC f32x16 from_bits(i32x16 x) {
  return {_mm512_castsi512_ps(x.lanes)};
}
MILLET_VEC f32x16 to_f32(i32x16 x) {
  return {_mm512_cvtepi32_ps(x.lanes)};
}

// Lanes 0 0 2 2 4 4 …, and 1 1 3 3 5 5 …: both halves of neighbouring pairs.
MILLET_VEC f32x16 twice_even(f32x16 x) {
  return {_mm512_moveldup_ps(x.lanes)};
}
MILLET_VEC f32x16 twice_odd(f32x16 x) {
  return {_mm512_movehdup_ps(x.lanes)};
}

// The one tree over lanes: i with i + 8, then + 4, + 2, + 1.
MILLET_VEC float sum(f32x16 x) {
  const __m256 by8 = _mm256_add_ps(_mm512_castps512_ps256(x.lanes), _mm512_extractf32x8_ps(x.lanes, 1));
  const __m128 by4 = _mm_add_ps(_mm256_castps256_ps128(by8), _mm256_extractf128_ps(by8, 1));
  const __m128 by2 = _mm_add_ps(by4, _mm_movehl_ps(by4, by4));
  return _mm_cvtss_f32(_mm_add_ss(by2, _mm_movehdup_ps(by2)));
}
MILLET_VEC float max_of(f32x16 x) {
  const __m256 by8 = _mm256_max_ps(_mm512_castps512_ps256(x.lanes), _mm512_extractf32x8_ps(x.lanes, 1));
  const __m128 by4 = _mm_max_ps(_mm256_castps256_ps128(by8), _mm256_extractf128_ps(by8, 1));
  const __m128 by2 = _mm_max_ps(by4, _mm_movehl_ps(by4, by4));
  return _mm_cvtss_f32(_mm_max_ss(by2, _mm_movehdup_ps(by2)));
}

}  // namespace millet::ops::cpu::MILLET_ISA

#include "millet/ops/cpu/kernels/vec_transpose.h"
