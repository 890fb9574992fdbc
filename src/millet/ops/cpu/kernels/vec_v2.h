// vec.h in portable C++: plain loops over sixteen floats, which compilers vectorise as they can.
#pragma once

#include <cstdint>

namespace millet::ops::cpu::MILLET_ISA {

struct f32x16 {
  float lane[16];
};
struct i32x16 {
  int32_t lane[16];
};
struct mask16 {
  bool lane[16];
};

MILLET_VEC f32x16 broadcast(float x) {
  f32x16 y;
  for (float& lane : y.lane) lane = x;
  return y;
}
MILLET_VEC f32x16 zero() {
  return broadcast(0);
}
MILLET_VEC i32x16 broadcast_i32(int32_t x) {
  i32x16 y;
  for (int32_t& lane : y.lane) lane = x;
  return y;
}

MILLET_VEC f32x16 load(const float* p) {
  f32x16 y;
  for (int i = 0; i < 16; ++i) y.lane[i] = p[i];
  return y;
}
MILLET_VEC void store(float* p, f32x16 x) {
  for (int i = 0; i < 16; ++i) p[i] = x.lane[i];
}
MILLET_VEC i32x16 load_i32(const int32_t* p) {
  i32x16 y;
  for (int i = 0; i < 16; ++i) y.lane[i] = p[i];
  return y;
}
MILLET_VEC void store_i32(int32_t* p, i32x16 x) {
  for (int i = 0; i < 16; ++i) p[i] = x.lane[i];
}

// The first `count` lanes, 0 … 16.
MILLET_VEC mask16 first(int64_t count) {
  mask16 m;
  for (int i = 0; i < 16; ++i) m.lane[i] = i < count;
  return m;
}

// Eight floats.
MILLET_VEC void copy_8(const float* from, float* to) {
  for (int i = 0; i < 8; ++i) to[i] = from[i];
}

// Masked: other lanes are 0 (load) or left alone (store); their addresses are not touched.
MILLET_VEC f32x16 load(const float* p, mask16 m) {
  f32x16 y;
  for (int i = 0; i < 16; ++i) y.lane[i] = m.lane[i] ? p[i] : 0.0F;
  return y;
}
MILLET_VEC void store(float* p, f32x16 x, mask16 m) {
  for (int i = 0; i < 16; ++i) {
    if (m.lane[i]) p[i] = x.lane[i];
  }
}
MILLET_VEC i32x16 load_i32(const int32_t* p, mask16 m) {
  i32x16 y;
  for (int i = 0; i < 16; ++i) y.lane[i] = m.lane[i] ? p[i] : 0;
  return y;
}
MILLET_VEC void store_i32(int32_t* p, i32x16 x, mask16 m) {
  for (int i = 0; i < 16; ++i) {
    if (m.lane[i]) p[i] = x.lane[i];
  }
}

MILLET_VEC f32x16 operator+(f32x16 a, f32x16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] += b.lane[i];
  return a;
}
MILLET_VEC f32x16 operator-(f32x16 a, f32x16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] -= b.lane[i];
  return a;
}
MILLET_VEC f32x16 operator*(f32x16 a, f32x16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] *= b.lane[i];
  return a;
}
MILLET_VEC f32x16 operator/(f32x16 a, f32x16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] /= b.lane[i];
  return a;
}
MILLET_VEC f32x16 sqrt(f32x16 x) {
  for (float& lane : x.lane) lane = __builtin_sqrtf(lane);
  return x;
}
// a·b + c. NOTE: rounded twice. std::fma without the instruction is a library call some fifty times slower, and the
// contract promises portable bits for this level only.
MILLET_VEC f32x16 fma(f32x16 a, f32x16 b, f32x16 c) {
  for (int i = 0; i < 16; ++i) a.lane[i] = a.lane[i] * b.lane[i] + c.lane[i];
  return a;
}
// Of a NaN and another number, max and min give the second argument.
MILLET_VEC f32x16 max(f32x16 a, f32x16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] = a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i];
  return a;
}
MILLET_VEC f32x16 min(f32x16 a, f32x16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] = a.lane[i] < b.lane[i] ? a.lane[i] : b.lane[i];
  return a;
}

// Comparisons are false where a NaN stands.
MILLET_VEC mask16 less(f32x16 a, f32x16 b) {
  mask16 m;
  for (int i = 0; i < 16; ++i) m.lane[i] = a.lane[i] < b.lane[i];
  return m;
}
MILLET_VEC mask16 less_equal(f32x16 a, f32x16 b) {
  mask16 m;
  for (int i = 0; i < 16; ++i) m.lane[i] = a.lane[i] <= b.lane[i];
  return m;
}
MILLET_VEC mask16 equal(f32x16 a, f32x16 b) {
  mask16 m;
  for (int i = 0; i < 16; ++i) m.lane[i] = a.lane[i] == b.lane[i];
  return m;
}
MILLET_VEC mask16 operator&(mask16 a, mask16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] = a.lane[i] && b.lane[i];
  return a;
}
MILLET_VEC bool any(mask16 m) {
  bool found = false;
  for (const bool lane : m.lane) found = found || lane;
  return found;
}
// m ? a : b
MILLET_VEC f32x16 select(mask16 m, f32x16 a, f32x16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] = m.lane[i] ? a.lane[i] : b.lane[i];
  return a;
}

// Integers wrap around, so they are added as unsigned.
MILLET_VEC i32x16 operator+(i32x16 a, i32x16 b) {
  for (int i = 0; i < 16; ++i) {
    a.lane[i] = static_cast<int32_t>(static_cast<uint32_t>(a.lane[i]) + static_cast<uint32_t>(b.lane[i]));
  }
  return a;
}
MILLET_VEC i32x16 operator-(i32x16 a, i32x16 b) {
  for (int i = 0; i < 16; ++i) {
    a.lane[i] = static_cast<int32_t>(static_cast<uint32_t>(a.lane[i]) - static_cast<uint32_t>(b.lane[i]));
  }
  return a;
}
MILLET_VEC i32x16 operator&(i32x16 a, i32x16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] &= b.lane[i];
  return a;
}
MILLET_VEC i32x16 operator|(i32x16 a, i32x16 b) {
  for (int i = 0; i < 16; ++i) a.lane[i] |= b.lane[i];
  return a;
}
template <int bits>
MILLET_VEC i32x16 shift_left(i32x16 x) {
  for (int32_t& lane : x.lane) lane = static_cast<int32_t>(static_cast<uint32_t>(lane) << bits);
  return x;
}
template <int bits>
MILLET_VEC i32x16 shift_right(i32x16 x) {  // keeps the sign
  for (int32_t& lane : x.lane) lane >>= bits;
  return x;
}
MILLET_VEC i32x16 bits_of(f32x16 x) {
  i32x16 y;
  for (int i = 0; i < 16; ++i) __builtin_memcpy(&y.lane[i], &x.lane[i], 4);
  return y;
}
MILLET_VEC f32x16 from_bits(i32x16 x) {
  f32x16 y;
  for (int i = 0; i < 16; ++i) __builtin_memcpy(&y.lane[i], &x.lane[i], 4);
  return y;
}
MILLET_VEC f32x16 to_f32(i32x16 x) {
  f32x16 y;
  for (int i = 0; i < 16; ++i) y.lane[i] = static_cast<float>(x.lane[i]);
  return y;
}

// Lanes 0 0 2 2 4 4 …, and 1 1 3 3 5 5 …: both halves of neighbouring pairs.
MILLET_VEC f32x16 twice_even(f32x16 x) {
  for (int i = 0; i < 16; i += 2) x.lane[i + 1] = x.lane[i];
  return x;
}
MILLET_VEC f32x16 twice_odd(f32x16 x) {
  for (int i = 0; i < 16; i += 2) x.lane[i] = x.lane[i + 1];
  return x;
}

// The one tree over lanes: i with i + 8, then + 4, + 2, + 1.
MILLET_VEC float sum(f32x16 x) {
  for (int width = 8; width > 0; width /= 2) {
    for (int i = 0; i < width; ++i) x.lane[i] += x.lane[i + width];
  }
  return x.lane[0];
}
MILLET_VEC float max_of(f32x16 x) {
  for (int width = 8; width > 0; width /= 2) {
    for (int i = 0; i < width; ++i) x.lane[i] = x.lane[i] > x.lane[i + width] ? x.lane[i] : x.lane[i + width];
  }
  return x.lane[0];
}

// to[j][0 … 15] = from[0 … 15][j] for `columns` ≤ 16 columns j; rows beyond `rows` ≤ 16 give 0.
MILLET_VEC void transpose_16(const float* from, int64_t from_stride, int64_t rows, int64_t columns, float* to,
                             int64_t to_stride) {
  for (int64_t j = 0; j < columns; ++j) {
    for (int64_t i = 0; i < 16; ++i) to[j * to_stride + i] = i < rows ? from[i * from_stride + j] : 0.0F;
  }
}

}  // namespace millet::ops::cpu::MILLET_ISA
