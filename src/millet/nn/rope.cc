#include "millet/nn/rope.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "millet/core/error.h"

namespace millet::nn {

static double get_mscale(double factor, double mscale) {
  return factor <= 1 ? 1.0 : 0.1 * mscale * std::log(factor) + 1.0;
}

double Yarn::table_scale() const {
  if (attention_factor > 0) return attention_factor;
  if (mscale > 0 && mscale_all_dim > 0) return get_mscale(factor, mscale) / get_mscale(factor, mscale_all_dim);
  return get_mscale(factor, 1);
}

double Yarn::softmax_scale() const {
  const double m = get_mscale(factor, mscale_all_dim);
  return m * m;
}

// The pair whose wavelength makes `rotations` turns within the original context.
static double correction_dim(double rotations, double dim, double theta, double context) {
  return dim * std::log(context / (rotations * 2 * std::numbers::pi)) / (2 * std::log(theta));
}

std::vector<double> inverse_frequencies(int64_t dim, double theta) {
  std::vector<double> frequencies(static_cast<size_t>(dim / 2));
  for (size_t i = 0; i < frequencies.size(); ++i)
    frequencies[i] = std::pow(theta, -2.0 * static_cast<double>(i) / static_cast<double>(dim));
  return frequencies;
}

std::vector<double> inverse_frequencies(int64_t dim, double theta, const Yarn& yarn) {
  std::vector<double> frequencies = inverse_frequencies(dim, theta);
  if (yarn.factor <= 1) return frequencies;

  const auto width = static_cast<double>(dim);
  const double context = yarn.original_max_position_embeddings;
  const double begin = correction_dim(yarn.beta_fast, width, theta, context);
  const double end = correction_dim(yarn.beta_slow, width, theta, context);
  const double low = std::max(yarn.truncate ? std::floor(begin) : begin, 0.0);
  double high = std::min(yarn.truncate ? std::ceil(end) : end, width - 1);
  if (low == high) high += 0.001;  // tiny models: a step instead of a division by zero
  for (size_t i = 0; i < frequencies.size(); ++i) {
    const double ramp = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
    frequencies[i] = frequencies[i] / yarn.factor * ramp + frequencies[i] * (1 - ramp);
  }
  return frequencies;
}

std::vector<double> inverse_frequencies(int64_t dim, double theta, const Llama3Scaling& scaling) {
  std::vector<double> frequencies = inverse_frequencies(dim, theta);
  if (scaling.factor <= 1) return frequencies;
  for (double& f : frequencies) {
    const double turns = scaling.original_max_position_embeddings * f / (2 * std::numbers::pi);
    const double kept =
        std::clamp((turns - scaling.low_freq_factor) / (scaling.high_freq_factor - scaling.low_freq_factor), 0.0, 1.0);
    f = f / scaling.factor * (1 - kept) + f * kept;
  }
  return frequencies;
}

RopeTable::RopeTable(Device& device, DType dtype, std::vector<double> frequencies, double scale, int64_t max_positions)
    : device_(device),
      dtype_(dtype),
      frequencies_(std::move(frequencies)),
      scale_(scale),
      max_positions_(max_positions) {}

template <class T>
static void upload(Device& device, const std::vector<double>& values, const Tensor& to) {
  from_host(device, std::vector<T>(values.begin(), values.end()), to);
}

void RopeTable::reach(int64_t positions) {
  if (positions <= positions_) return;
  require(positions <= max_positions_,
          "position {} is beyond the model's max_position_embeddings of {}: shorten the sequence or raise it in "
          "config.json",
          positions - 1, max_positions_);
  positions_ = std::min(max_positions_, std::max<int64_t>({positions, 2 * positions_, 256}));

  const auto pairs = static_cast<int64_t>(frequencies_.size());
  std::vector<double> cos, sin;
  for (int64_t p = 0; p < positions_; ++p) {
    for (const double f : frequencies_) {
      cos.push_back(std::cos(static_cast<double>(p) * f) * scale_);
      sin.push_back(std::sin(static_cast<double>(p) * f) * scale_);
    }
  }
  const int64_t bytes = positions_ * pairs * bytes_of(dtype_);
  memory_ = Buffer(device_, 2 * bytes);
  cos_ = memory_.tensor(dtype_, {positions_, pairs});
  sin_ = Tensor(static_cast<char*>(memory_.data()) + bytes, dtype_, {positions_, pairs});
  auto fill = dtype_ == DType::f64 ? upload<double> : upload<float>;
  fill(device_, cos, cos_);
  fill(device_, sin, sin_);
}

}  // namespace millet::nn
