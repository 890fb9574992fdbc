// Exact fractions of bounded size: what answers are computed with. Whatever would need more than kMaxBits is refused
// before it is computed, so that no input can make it slow.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millet::tasks::math {

inline constexpr size_t kMaxBits = 2048;  // of a numerator or denominator: 616 decimal digits

// Sign and magnitude, 32 bits a limb, lowest first, no leading zero limb; zero is never negative.
class Integer {
 public:
  Integer() = default;
  Integer(int64_t value);

  bool is_zero() const { return limbs_.empty(); }
  bool is_negative() const { return negative_; }
  bool is_odd() const { return !limbs_.empty() && (limbs_[0] & 1U) != 0; }
  size_t bits() const;
  std::optional<int64_t> to_int64() const;
  long double to_long_double() const;
  std::string text() const;

  Integer negated() const;
  Integer magnitude() const;

  friend bool operator==(const Integer&, const Integer&) = default;
  friend int compare(const Integer& a, const Integer& b);  // -1, 0, 1
  friend Integer operator+(const Integer& a, const Integer& b);
  friend Integer operator-(const Integer& a, const Integer& b) { return a + b.negated(); }
  friend Integer operator*(const Integer& a, const Integer& b);
  // Truncated towards zero. The divisor is not zero.
  friend Integer divide(const Integer& a, const Integer& b, Integer* remainder);

 private:
  void trim();
  bool negative_ = false;
  std::vector<uint32_t> limbs_;
};

Integer gcd(Integer a, Integer b);  // not negative

// Reduced, with a positive denominator. Each operation is nothing where the result is too large or undefined.
class Rational {
 public:
  Rational() : denominator_(1) {}
  Rational(int64_t value) : numerator_(value), denominator_(1) {}
  static std::optional<Rational> make(Integer numerator, Integer denominator);
  // Digits with at most one point, no sign: "12", ".5", "0.25".
  static std::optional<Rational> parse(std::string_view text);

  const Integer& numerator() const { return numerator_; }
  const Integer& denominator() const { return denominator_; }
  bool is_integer() const { return denominator_ == Integer(1); }
  bool is_zero() const { return numerator_.is_zero(); }
  bool is_negative() const { return numerator_.is_negative(); }
  long double to_long_double() const;
  std::string text() const;  // "3", "-1/2"

  Rational negated() const;
  std::optional<Rational> inverse() const;
  Integer floor() const;
  // The integer nearest to this · 10^places, ties to even: what is compared where decimals are rounded.
  std::optional<Integer> rounded(int places) const;

  friend bool operator==(const Rational&, const Rational&) = default;
  friend std::optional<Rational> add(const Rational& a, const Rational& b);
  friend std::optional<Rational> multiply(const Rational& a, const Rational& b);
  friend std::optional<Rational> power(const Rational& base, int64_t exponent);
  friend int compare(const Rational& a, const Rational& b);

 private:
  // Of a fraction that is in its lowest terms.
  static std::optional<Rational> reduced(Integer numerator, Integer denominator);
  Integer numerator_;
  Integer denominator_;
};

}  // namespace millet::tasks::math
