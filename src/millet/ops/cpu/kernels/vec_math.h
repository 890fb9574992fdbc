// Exponential, logarithm and sigmoid of sixteen lanes, of our own: libm's bits differ between machines.
// Errors measured by tests/ops/vec_test.cc against double.
#pragma once

namespace millet::ops::cpu::MILLET_ISA {

// e^x within 1 ulp; denormal results are rounded gradually; −∞ gives exactly 0, above 88.72 +∞, NaN stays NaN.
// x = n·ln 2 + r with |r| ≤ ln 2 / 2; e^r by a minimax polynomial; times 2^n in two halves, so that n may leave the
// range of one exponent.
MILLET_VEC f32x16 exp(f32x16 x) {
  x = min(broadcast(89.0F), max(broadcast(-104.0F), x));  // x second: a NaN passes
  const f32x16 shift = broadcast(12582912.0F);            // 1.5 · 2^23: adding it rounds to an integer
  const f32x16 shifted = fma(x, broadcast(1.44269504F), shift);
  const f32x16 n = shifted - shift;
  f32x16 r = fma(n, broadcast(-0.693359375F), x);  // the high part has 9 bits: the product is exact
  r = fma(n, broadcast(2.12194440e-4F), r);
  f32x16 p = broadcast(1.9875691500e-4F);  // Cephes, expf
  p = fma(p, r, broadcast(1.3981999507e-3F));
  p = fma(p, r, broadcast(8.3334519073e-3F));
  p = fma(p, r, broadcast(4.1665795894e-2F));
  p = fma(p, r, broadcast(1.6666665459e-1F));
  p = fma(p, r, broadcast(5.0000001201e-1F));
  p = fma(p, r * r, r) + broadcast(1.0F);
  const i32x16 power = bits_of(shifted) - bits_of(shift);
  const i32x16 half = shift_right<1>(power);
  const i32x16 bias = broadcast_i32(127);
  return p * from_bits(shift_left<23>(half + bias)) * from_bits(shift_left<23>(power - half + bias));
}

// e^x of x ≤ 0 (a little above by rounding is allowed), for weights of a softmax: as exp, but below −87 exactly 0, so
// that one exponent suffices and is added as an integer. Two thirds of exp's operations.
MILLET_VEC f32x16 exp_weight(f32x16 x) {
  const f32x16 shift = broadcast(12582912.0F);
  const f32x16 shifted = fma(x, broadcast(1.44269504F), shift);
  const f32x16 n = shifted - shift;
  f32x16 r = fma(n, broadcast(-0.693359375F), x);
  r = fma(n, broadcast(2.12194440e-4F), r);
  f32x16 p = broadcast(1.9875691500e-4F);
  p = fma(p, r, broadcast(1.3981999507e-3F));
  p = fma(p, r, broadcast(8.3334519073e-3F));
  p = fma(p, r, broadcast(4.1665795894e-2F));
  p = fma(p, r, broadcast(1.6666665459e-1F));
  p = fma(p, r, broadcast(5.0000001201e-1F));
  p = fma(p, r * r, r) + broadcast(1.0F);
  // The shift by 23 leaves n alone of `shifted`'s bits.
  const f32x16 y = from_bits(bits_of(p) + shift_left<23>(bits_of(shifted)));
  return select(less(x, broadcast(-87.0F)), zero(), y);
}

// ln x within 2 ulp; 0 gives −∞, negative numbers NaN, +∞ and NaN themselves; denormal numbers are exact.
// x = m · 2^e with m in [√½, √2): ln m by a polynomial in m − 1, e·ln 2 added in two parts.
MILLET_VEC f32x16 log(f32x16 x) {
  const f32x16 tiny = broadcast(1.17549435e-38F);
  const mask16 denormal = less(x, tiny);
  const f32x16 scaled = select(denormal, x * broadcast(8388608.0F), x);
  const f32x16 scaled_by = select(denormal, broadcast(23.0F), zero());
  const i32x16 bits = bits_of(scaled);
  // Subtracting the bits of √½ moves the boundary of exponents there.
  const i32x16 e = shift_right<23>(bits - broadcast_i32(0x3f3504f3));
  const f32x16 f = from_bits(bits - shift_left<23>(e)) - broadcast(1.0F);
  const f32x16 n = to_f32(e) - scaled_by;
  f32x16 p = broadcast(7.0376836292e-2F);  // Cephes, logf
  p = fma(p, f, broadcast(-1.1514610310e-1F));
  p = fma(p, f, broadcast(1.1676998740e-1F));
  p = fma(p, f, broadcast(-1.2420140846e-1F));
  p = fma(p, f, broadcast(1.4249322787e-1F));
  p = fma(p, f, broadcast(-1.6668057665e-1F));
  p = fma(p, f, broadcast(2.0000714765e-1F));
  p = fma(p, f, broadcast(-2.4999993993e-1F));
  p = fma(p, f, broadcast(3.3333331174e-1F));
  const f32x16 square = f * f;
  f32x16 y = p * f * square;
  y = fma(n, broadcast(-2.12194440e-4F), y);
  y = fma(square, broadcast(-0.5F), y);
  y = fma(n, broadcast(0.693359375F), f + y);
  const f32x16 infinity = from_bits(broadcast_i32(0x7f800000));
  y = select(less(x, infinity), y, x);  // +∞ and NaN
  y = select(equal(x, zero()), zero() - infinity, y);
  return select(less(x, zero()), from_bits(broadcast_i32(0x7fc00000)), y);
}

// 1 / (1 + e^−x), through e^−|x| so that neither side overflows.
MILLET_VEC f32x16 sigmoid(f32x16 x) {
  const f32x16 one = broadcast(1.0F);
  const f32x16 e = exp(from_bits(bits_of(x) | broadcast_i32(INT32_MIN)));  // −|x|
  return select(less(x, zero()), e, one) / (one + e);
}

}  // namespace millet::ops::cpu::MILLET_ISA
