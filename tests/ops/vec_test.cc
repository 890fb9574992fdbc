// The functions of ops/cpu/kernels/vec.h on every level that this processor has.
#include <cmath>
#include <cstring>
#include <limits>

#include "millet/ops/cpu/isa.h"
#include "tests/ops/backends.h"

using namespace millet;
using namespace millet::tests;
using ops::cpu::Isa;
using ops::cpu::MathKernels;

using Function = void (*)(const float*, float*, int64_t);

static std::vector<float> mapped(Function f, const std::vector<float>& x) {
  std::vector<float> y(x.size());
  f(x.data(), y.data(), static_cast<int64_t>(x.size()));
  return y;
}

// Distance of got to the true value, in units of the last place of the f32 nearest to it.
static double ulps(float got, double want) {
  const float nearest = static_cast<float>(want);
  if (got == nearest) return 0;
  const double spacing =
      static_cast<double>(std::nextafter(std::abs(nearest), INFINITY)) - std::abs(static_cast<double>(nearest));
  return std::abs(static_cast<double>(got) - want) / spacing;
}

template <class True>
static double worst(Function f, const std::vector<float>& x, True exact) {
  const std::vector<float> y = mapped(f, x);
  double most = 0;
  for (size_t i = 0; i < x.size(); ++i) most = std::max(most, ulps(y[i], exact(static_cast<double>(x[i]))));
  return most;
}

// Every 997th positive float, denormal ones included.
static std::vector<float> positive_floats() {
  std::vector<float> x;
  for (uint32_t bits = 1; bits < 0x7f800000; bits += 997) {
    float value;
    std::memcpy(&value, &bits, 4);
    x.push_back(value);
  }
  return x;
}

static std::vector<float> range(double from, double to, double step) {
  std::vector<float> x;
  for (double v = from; v <= to; v += step) x.push_back(static_cast<float>(v));
  return x;
}

TEST_CASE("exp is within 1, log within 2, sigmoid within 3 units in the last place") {
  const std::vector<float> exponents = range(-103.9, 88.7, 0.00037);
  const std::vector<float> positive = positive_floats();
  const std::vector<float> near_one = range(0.5, 2, 1e-6);
  for (const Isa isa : ops::cpu::levels_present()) {
    CAPTURE(name_of(isa));
    const MathKernels& k = *kernels_of(isa).math;
    CHECK(worst(k.exp, exponents, [](double x) { return std::exp(x); }) <= 1.0);
    CHECK(worst(k.exp_weight, range(-87, 0.01, 0.00037), [](double x) { return std::exp(x); }) <= 1.0);
    CHECK(worst(k.log, positive, [](double x) { return std::log(x); }) <= 2.0);
    CHECK(worst(k.log, near_one, [](double x) { return std::log(x); }) <= 2.0);
    CHECK(worst(k.sigmoid, range(-103, 103, 0.0007), [](double x) { return 1 / (1 + std::exp(-x)); }) <= 3.0);
  }
}

TEST_CASE("exp and log keep infinities, zeros and NaN") {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const Isa isa : ops::cpu::levels_present()) {
    CAPTURE(name_of(isa));
    const MathKernels& k = *kernels_of(isa).math;
    const std::vector<float> e = mapped(k.exp, {-infinity, -200, 0, 89, infinity, NAN});
    CHECK(e[0] == 0);
    CHECK(e[1] == 0);
    CHECK(e[2] == 1);
    CHECK(e[3] == infinity);
    CHECK(e[4] == infinity);
    CHECK(std::isnan(e[5]));
    const std::vector<float> w = mapped(k.exp_weight, {-infinity, -87.0001F, 0, NAN});
    CHECK(w[0] == 0);
    CHECK(w[1] == 0);
    CHECK(w[2] == 1);
    CHECK(std::isnan(w[3]));
    const std::vector<float> l = mapped(k.log, {0, 1, infinity, -1, NAN, -infinity});
    CHECK(l[0] == -infinity);
    CHECK(l[1] == 0);
    CHECK(l[2] == infinity);
    CHECK(std::isnan(l[3]));
    CHECK(std::isnan(l[4]));
    CHECK(std::isnan(l[5]));
    const std::vector<float> s = mapped(k.sigmoid, {-infinity, 0, infinity, NAN});
    CHECK(s[0] == 0);
    CHECK(s[1] == 0.5F);
    CHECK(s[2] == 1);
    CHECK(std::isnan(s[3]));
  }
}

TEST_CASE("a row sum adds sixteen strided partial sums by one tree, tails included") {
  for (const Isa isa : ops::cpu::levels_present()) {
    CAPTURE(name_of(isa));
    for (int64_t n = 0; n < 70; ++n) {
      const std::vector<double> values = normals(n, 5);
      std::vector<float> x(values.begin(), values.end());
      float partial[16] = {};
      for (size_t i = 0; i < x.size(); ++i) partial[i % 16] += x[i];
      for (int width = 8; width > 0; width /= 2) {
        for (int i = 0; i < width; ++i) partial[i] += partial[i + width];
      }
      CHECK(kernels_of(isa).math->sum(x.data(), n) == partial[0]);
    }
  }
}

TEST_CASE("levels with fused multiply-add give the same bits") {
  std::vector<Isa> fused = ops::cpu::levels_present();
  fused.erase(fused.begin());
  const std::vector<float> x = range(-100, 100, 0.0013);
  const std::vector<float> positive = positive_floats();
  for (const Isa isa : fused) {
    const MathKernels &k = *kernels_of(isa).math, &first = *kernels_of(fused[0]).math;
    CHECK(mapped(k.exp, x) == mapped(first.exp, x));
    CHECK(mapped(k.exp_weight, range(-100, 0, 0.0013)) == mapped(first.exp_weight, range(-100, 0, 0.0013)));
    CHECK(mapped(k.log, positive) == mapped(first.log, positive));
    CHECK(mapped(k.sigmoid, x) == mapped(first.sigmoid, x));
  }
}
