// Backward against central differences of the forward, in double on the reference.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <string>

#include "millet/core/rng.h"
#include "millet/nn/parameters.h"
#include "tests/ops/backends.h"

namespace millet::tests {

// Fills every parameter with normal values scaled so that nothing saturates; norms around 1.
inline void randomise(nn::Parameters& parameters, uint64_t seed) {
  for (nn::Parameter& p : parameters) {
    Rng rng(seed, "test " + p.name);
    std::vector<double> values(static_cast<size_t>(p.shape.elements()));
    const bool is_norm = p.role == nn::Role::vector;
    const double scale = is_norm || p.role == nn::Role::bias ? 0.1 : 0.7 / std::sqrt(static_cast<double>(p.shape[-1]));
    for (double& v : values) v = (is_norm ? 1.0 : 0.0) + scale * rng.normal();
    if (p.value.dtype() == DType::f64)
      from_host(parameters.device(), values, p.value);
    else
      from_host(parameters.device(), std::vector<float>(values.begin(), values.end()), p.value);
    p.touch();
  }
}

inline double dot(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Compares `gradient` with differences of `loss` as elements of `value` move; a few elements, spread over the tensor.
inline void check_gradient(const std::string& what, Device& device, const Tensor& value,
                           const std::vector<double>& gradient, const std::function<double()>& loss, int elements = 5) {
  CAPTURE(what);
  std::vector<double> x = to_host<double>(device, value);
  REQUIRE(x.size() == gradient.size());
  double scale = 1e-3;
  for (const double g : gradient) scale = std::max(scale, std::abs(g));
  Rng rng(7, what);
  for (int i = 0; i < elements; ++i) {
    const auto at = static_cast<size_t>(rng.below(static_cast<int64_t>(x.size())));
    const double kept = x[at], step = 1e-5;
    auto loss_at = [&](double v) {
      x[at] = v;
      from_host(device, x, value);
      return loss();
    };
    const double numeric = (loss_at(kept + step) - loss_at(kept - step)) / (2 * step);
    x[at] = kept;
    from_host(device, x, value);
    CAPTURE(at);
    CHECK(std::abs(numeric - gradient[at]) / scale < 2e-7);
  }
}

// Every trainable parameter's gradient, as backward left it.
inline void check_parameter_gradients(nn::Parameters& parameters, const std::function<double()>& loss) {
  for (nn::Parameter& p : parameters) {
    if (!p.trainable) continue;
    const std::vector<double> gradient = to_host<double>(parameters.device(), p.grad);
    check_gradient(p.name, parameters.device(), p.value, gradient, [&] {
      p.touch();
      return loss();
    });
    p.touch();
  }
}

}  // namespace millet::tests
