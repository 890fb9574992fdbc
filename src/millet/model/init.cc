#include "millet/model/init.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "millet/core/error.h"
#include "millet/core/rng.h"

namespace millet::model {

Init parse_init(std::string_view name) {
  if (name == "plain") return Init::plain;
  require(name == "scaled", "init scheme '{}' is unknown: plain or scaled", name);
  return Init::scaled;
}

static double deviation(const nn::Parameter& p, const InitOptions& options) {
  if (options.scheme == Init::plain) return options.standard_deviation;
  switch (p.role) {
    case nn::Role::embedding:
      return 1.0;
    case nn::Role::head:
      return 0.02;
    default:
      break;
  }
  const double std = 1.0 / std::sqrt(static_cast<double>(p.shape[-1]));
  return p.residual_output ? std / std::sqrt(2.0 * static_cast<double>(options.layers)) : std;
}

template <class T>
static void fill(Device& device, const nn::Parameter& p, uint64_t seed, const InitOptions& options) {
  std::vector<T> values(static_cast<size_t>(p.shape.elements()));
  if (p.role == nn::Role::vector || p.role == nn::Role::bias) {
    std::fill(values.begin(), values.end(), static_cast<T>(p.role == nn::Role::vector ? 1 : 0));
  } else {
    const double std = deviation(p, options);
    Rng rng(seed, "init " + p.name);
    const size_t drawn =
        options.distinct > 0 ? std::min(values.size(), static_cast<size_t>(options.distinct)) : values.size();
    for (size_t i = 0; i < drawn; ++i) values[i] = static_cast<T>(std * rng.normal());
    for (size_t i = drawn; i < values.size(); ++i) values[i] = values[i - drawn];
  }
  from_host(device, values, p.value);
}

void initialise(nn::Parameters& parameters, uint64_t seed, const InitOptions& options) {
  for (nn::Parameter& p : parameters) {
    if (parameters.dtype() == DType::f64)
      fill<double>(parameters.device(), p, seed, options);
    else
      fill<float>(parameters.device(), p, seed, options);
    p.touch();
  }
}

}  // namespace millet::model
