#include "millet/tasks/math/rational.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <numeric>

namespace millet::tasks::math {

namespace {

using Limbs = std::vector<uint32_t>;

int compare_limbs(const Limbs& a, const Limbs& b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  for (size_t i = a.size(); i-- > 0;) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

Limbs add_limbs(const Limbs& a, const Limbs& b) {
  Limbs out(std::max(a.size(), b.size()) + 1);
  uint64_t carry = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    carry += (i < a.size() ? a[i] : 0ULL) + (i < b.size() ? b[i] : 0ULL);
    out[i] = static_cast<uint32_t>(carry);
    carry >>= 32;
  }
  return out;
}

Limbs subtract_limbs(const Limbs& a, const Limbs& b) {  // a is not below b
  Limbs out(a.size());
  int64_t borrow = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    int64_t digit = static_cast<int64_t>(a[i]) - (i < b.size() ? b[i] : 0) + borrow;
    borrow = digit < 0 ? -1 : 0;
    if (digit < 0) digit += int64_t{1} << 32;
    out[i] = static_cast<uint32_t>(digit);
  }
  return out;
}

uint32_t divide_by_limb(Limbs& limbs, uint32_t divisor) {  // the remainder
  uint64_t rest = 0;
  for (size_t i = limbs.size(); i-- > 0;) {
    rest = (rest << 32) | limbs[i];
    limbs[i] = static_cast<uint32_t>(rest / divisor);
    rest %= divisor;
  }
  return static_cast<uint32_t>(rest);
}

Limbs shifted(const Limbs& limbs, int bits) {  // left by less than 32, one limb longer
  Limbs out(limbs.size() + 1);
  for (size_t i = 0; i < limbs.size(); ++i) {
    const uint64_t wide = static_cast<uint64_t>(limbs[i]) << bits;
    out[i] |= static_cast<uint32_t>(wide);
    out[i + 1] = static_cast<uint32_t>(wide >> 32);
  }
  return out;
}

void trim_limbs(Limbs& limbs) {
  while (!limbs.empty() && limbs.back() == 0) limbs.pop_back();
}

bool fits(const Integer& value) {
  return value.bits() <= kMaxBits;
}

}  // namespace

Integer::Integer(int64_t value) : negative_(value < 0) {
  uint64_t rest = negative_ ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  for (; rest != 0; rest >>= 32) limbs_.push_back(static_cast<uint32_t>(rest));
}

void Integer::trim() {
  trim_limbs(limbs_);
  if (limbs_.empty()) negative_ = false;
}

size_t Integer::bits() const {
  return limbs_.empty() ? 0 : 32 * limbs_.size() - static_cast<size_t>(std::countl_zero(limbs_.back()));
}

std::optional<int64_t> Integer::to_int64() const {
  if (bits() > 63) return std::nullopt;
  int64_t out = 0;
  for (size_t i = limbs_.size(); i-- > 0;) out = (out << 32) | limbs_[i];
  return negative_ ? -out : out;
}

long double Integer::to_long_double() const {
  long double out = 0;
  for (size_t i = limbs_.size(); i-- > 0;) out = out * 4294967296.0L + limbs_[i];
  return negative_ ? -out : out;
}

std::string Integer::text() const {
  if (limbs_.empty()) return "0";
  std::string out;
  for (Limbs rest = limbs_; !rest.empty(); trim_limbs(rest)) {
    uint32_t part = divide_by_limb(rest, 1'000'000'000);
    for (int i = 0; i < 9; ++i, part /= 10) out += static_cast<char>('0' + part % 10);
  }
  while (out.size() > 1 && out.back() == '0') out.pop_back();
  if (negative_) out += '-';
  std::reverse(out.begin(), out.end());
  return out;
}

Integer Integer::negated() const {
  Integer out = *this;
  if (!limbs_.empty()) out.negative_ = !negative_;
  return out;
}

Integer Integer::magnitude() const {
  return negative_ ? negated() : *this;
}

int compare(const Integer& a, const Integer& b) {
  if (a.negative_ != b.negative_) return a.negative_ ? -1 : 1;
  const int out = compare_limbs(a.limbs_, b.limbs_);
  return a.negative_ ? -out : out;
}

Integer operator+(const Integer& a, const Integer& b) {
  Integer out;
  if (a.negative_ == b.negative_) {
    out.limbs_ = add_limbs(a.limbs_, b.limbs_);
    out.negative_ = a.negative_;
  } else if (compare_limbs(a.limbs_, b.limbs_) >= 0) {
    out.limbs_ = subtract_limbs(a.limbs_, b.limbs_);
    out.negative_ = a.negative_;
  } else {
    out.limbs_ = subtract_limbs(b.limbs_, a.limbs_);
    out.negative_ = b.negative_;
  }
  out.trim();
  return out;
}

Integer operator*(const Integer& a, const Integer& b) {
  Integer out;
  out.limbs_.resize(a.limbs_.size() + b.limbs_.size());
  for (size_t i = 0; i < a.limbs_.size(); ++i) {
    uint64_t carry = 0;
    for (size_t k = 0; k < b.limbs_.size() || carry != 0; ++k) {
      carry += static_cast<uint64_t>(a.limbs_[i]) * (k < b.limbs_.size() ? b.limbs_[k] : 0) + out.limbs_[i + k];
      out.limbs_[i + k] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
  }
  out.negative_ = a.negative_ != b.negative_;
  out.trim();
  return out;
}

// Knuth, The Art of Computer Programming 2, algorithm D.
Integer divide(const Integer& a, const Integer& b, Integer* remainder) {
  Integer quotient, rest;
  if (compare_limbs(a.limbs_, b.limbs_) < 0) {
    rest = a;
  } else if (b.limbs_.size() == 1) {
    quotient.limbs_ = a.limbs_;
    rest = Integer(divide_by_limb(quotient.limbs_, b.limbs_[0]));
    rest.negative_ = a.negative_;
  } else {
    const int shift = std::countl_zero(b.limbs_.back());
    Limbs u = shifted(a.limbs_, shift);
    Limbs v = shifted(b.limbs_, shift);
    trim_limbs(v);
    const size_t n = v.size();
    const size_t m = u.size() - n;
    quotient.limbs_.resize(m);
    for (size_t j = m; j-- > 0;) {
      const uint64_t top = (static_cast<uint64_t>(u[j + n]) << 32) | u[j + n - 1];
      uint64_t guess = top / v[n - 1];
      uint64_t left = top % v[n - 1];
      while (guess >> 32 != 0 || guess * v[n - 2] > ((left << 32) | u[j + n - 2])) {
        --guess;
        left += v[n - 1];
        if (left >> 32 != 0) break;
      }
      int64_t borrow = 0;
      uint64_t carry = 0;
      for (size_t i = 0; i < n; ++i) {
        carry += guess * v[i];
        const int64_t digit = static_cast<int64_t>(u[i + j]) - static_cast<int64_t>(carry & 0xffffffffU) + borrow;
        u[i + j] = static_cast<uint32_t>(digit);
        borrow = digit >> 32;
        carry >>= 32;
      }
      const int64_t last = static_cast<int64_t>(u[j + n]) - static_cast<int64_t>(carry) + borrow;
      u[j + n] = static_cast<uint32_t>(last);
      if (last < 0) {  // one too many
        --guess;
        uint64_t sum = 0;
        for (size_t i = 0; i < n; ++i) {
          sum += static_cast<uint64_t>(u[i + j]) + v[i];
          u[i + j] = static_cast<uint32_t>(sum);
          sum >>= 32;
        }
        u[j + n] += static_cast<uint32_t>(sum);
      }
      quotient.limbs_[j] = static_cast<uint32_t>(guess);
    }
    rest.limbs_.assign(u.begin(), u.begin() + static_cast<std::ptrdiff_t>(n));
    if (shift > 0) {
      for (size_t i = 0; i < n; ++i) {
        const uint32_t above = i + 1 < n ? rest.limbs_[i + 1] << (32 - shift) : 0;
        rest.limbs_[i] = (rest.limbs_[i] >> shift) | above;
      }
    }
    rest.negative_ = a.negative_;
  }
  quotient.negative_ = a.negative_ != b.negative_;
  quotient.trim();
  rest.trim();
  if (remainder != nullptr) *remainder = rest;
  return quotient;
}

Integer gcd(Integer a, Integer b) {
  a = a.magnitude();
  b = b.magnitude();
  while (!b.is_zero()) {
    const std::optional<int64_t> small_a = a.to_int64(), small_b = b.to_int64();
    if (small_a && small_b) return Integer(std::gcd(*small_a, *small_b));
    Integer rest;
    divide(a, b, &rest);
    a = b;
    b = rest;
  }
  return a;
}

std::optional<Rational> Rational::make(Integer numerator, Integer denominator) {
  if (denominator.is_zero() || !fits(numerator) || !fits(denominator)) return std::nullopt;
  Rational out;
  const Integer common = gcd(numerator, denominator);
  if (!(common == Integer(1))) {
    numerator = divide(numerator, common, nullptr);
    denominator = divide(denominator, common, nullptr);
  }
  if (denominator.is_negative()) {
    numerator = numerator.negated();
    denominator = denominator.negated();
  }
  out.numerator_ = std::move(numerator);
  out.denominator_ = std::move(denominator);
  return out;
}

std::optional<Rational> Rational::parse(std::string_view text) {
  Integer digits, scale(1);
  bool fraction = false;
  size_t count = 0;
  if (text.size() > kMaxBits) return std::nullopt;
  for (const char c : text) {
    if (c == '.' && !fraction) {
      fraction = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    digits = digits * Integer(10) + Integer(c - '0');
    if (fraction) scale = scale * Integer(10);
    if (!fits(digits) || !fits(scale)) return std::nullopt;
    ++count;
  }
  if (count == 0) return std::nullopt;
  return make(digits, scale);
}

long double Rational::to_long_double() const {
  return numerator_.to_long_double() / denominator_.to_long_double();
}

std::string Rational::text() const {
  return is_integer() ? numerator_.text() : numerator_.text() + "/" + denominator_.text();
}

Rational Rational::negated() const {
  Rational out = *this;
  out.numerator_ = numerator_.negated();
  return out;
}

std::optional<Rational> Rational::inverse() const {
  return make(denominator_, numerator_);
}

Integer Rational::floor() const {
  Integer rest;
  Integer out = divide(numerator_, denominator_, &rest);
  return rest.is_negative() ? out - Integer(1) : out;
}

std::optional<Integer> Rational::rounded(int places) const {
  Integer scale(1);
  for (int i = 0; i < std::abs(places); ++i) scale = scale * Integer(10);
  if (!fits(scale)) return std::nullopt;
  const Integer top = places >= 0 ? numerator_ * scale : numerator_;
  const Integer bottom = places >= 0 ? denominator_ : denominator_ * scale;
  Integer rest;
  const Integer whole = divide(top.magnitude(), bottom, &rest);
  const int half = compare(rest + rest, bottom);
  Integer out = half > 0 || (half == 0 && whole.is_odd()) ? whole + Integer(1) : whole;
  return numerator_.is_negative() ? out.negated() : out;
}

static Integer over(const Integer& a, const Integer& divisor) {
  return divisor == Integer(1) ? a : divide(a, divisor, nullptr);
}

std::optional<Rational> Rational::reduced(Integer numerator, Integer denominator) {
  if (!fits(numerator) || !fits(denominator)) return std::nullopt;
  Rational out;
  out.numerator_ = std::move(numerator);
  out.denominator_ = std::move(denominator);
  return out;
}

// Knuth, The Art of Computer Programming 2, §4.5.1: a small fraction beside a large one needs no large common divisor.
std::optional<Rational> add(const Rational& a, const Rational& b) {
  const Integer common = gcd(a.denominator_, b.denominator_);
  const Integer of_a = over(a.denominator_, common), of_b = over(b.denominator_, common);
  const Integer sum = a.numerator_ * of_b + b.numerator_ * of_a;
  const Integer shared = gcd(sum, common);
  return Rational::reduced(over(sum, shared), of_a * over(b.denominator_, shared));
}

std::optional<Rational> multiply(const Rational& a, const Rational& b) {
  const Integer down = gcd(a.numerator_, b.denominator_), up = gcd(b.numerator_, a.denominator_);
  return Rational::reduced(over(a.numerator_, down) * over(b.numerator_, up),
                           over(a.denominator_, up) * over(b.denominator_, down));
}

std::optional<Rational> power(const Rational& base, int64_t exponent) {
  if (exponent == 0) return Rational(1);
  if (exponent < 0) {
    const std::optional<Rational> inverse = base.inverse();
    if (!inverse || exponent == INT64_MIN) return std::nullopt;
    return power(*inverse, -exponent);
  }
  const size_t bits = std::max(base.numerator_.bits(), base.denominator_.bits());
  if (bits > 1 && static_cast<uint64_t>(exponent) > kMaxBits / (bits - 1)) return std::nullopt;
  Rational out(1), square = base;
  for (int64_t rest = bits > 1 ? exponent : 2 + exponent % 2;;
       square.numerator_ = square.numerator_ * square.numerator_,
               square.denominator_ = square.denominator_ * square.denominator_) {
    if (rest % 2 != 0) {
      out.numerator_ = out.numerator_ * square.numerator_;
      out.denominator_ = out.denominator_ * square.denominator_;
    }
    rest /= 2;
    if (rest == 0) break;
  }
  if (!fits(out.numerator_) || !fits(out.denominator_)) return std::nullopt;
  return out;
}

int compare(const Rational& a, const Rational& b) {
  return compare(a.numerator_ * b.denominator_, b.numerator_ * a.denominator_);
}

}  // namespace millet::tasks::math
