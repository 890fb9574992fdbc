// How tests of operations run on every back end: the same values uploaded to each device, results read back in double.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "millet/core/arena.h"
#include "millet/core/context.h"
#include "millet/core/rng.h"
#include "millet/ops/devices.h"

namespace millet::tests {

// One device with its context and memory for a test's tensors. `dtype` is the float type that the test computes in.
class Rig {
 public:
  explicit Rig(const std::string& name, int threads = 1, DType dtype = DType::f32)
      : name_(name), device_(ops::make_device(name)), ctx_(*device_, threads), arena_(*device_), dtype_(dtype) {}

  Context& ctx() { return ctx_; }
  const std::string& name() const { return name_; }
  DType dtype() const { return dtype_; }

  Tensor tensor(const Shape& shape) { return arena_.zeros(dtype_, shape); }
  Tensor ids(const Shape& shape) { return arena_.zeros(DType::i32, shape); }

  Tensor tensor(const Shape& shape, const std::vector<double>& values) {
    const Tensor t = arena_.tensor(dtype_, shape);
    if (dtype_ == DType::f64)
      from_host(*device_, values, t);
    else
      from_host(*device_, std::vector<float>(values.begin(), values.end()), t);
    return t;
  }
  Tensor ids(const Shape& shape, const std::vector<int32_t>& values) {
    const Tensor t = arena_.tensor(DType::i32, shape);
    from_host(*device_, values, t);
    return t;
  }
  Tensor bytes(int64_t count) { return arena_.zeros(DType::u8, {count}); }

  // Dense tensors' elements.
  std::vector<double> read(const ConstTensor& t) {
    if (t.dtype() == DType::f64) return to_host<double>(*device_, t);
    const std::vector<float> values = to_host<float>(*device_, t);
    return {values.begin(), values.end()};
  }
  std::vector<int32_t> read_ids(const ConstTensor& t) { return to_host<int32_t>(*device_, t); }

 private:
  std::string name_;
  std::unique_ptr<Device> device_;
  Context ctx_;
  Arena arena_;
  DType dtype_;
};

// Calls test(rig) for every device with one and with two threads, in f32.
template <class F>
void on_every_backend(F test) {
  for (const std::string& name : ops::devices_present()) {
    for (const int threads : {1, 2}) {
      CAPTURE(name);
      CAPTURE(threads);
      Rig rig(name, threads);
      test(rig);
    }
  }
}

// The oracle: the reference in double.
inline Rig oracle() {
  return Rig("reference", 1, DType::f64);
}

// Standard normal values that f32 holds exactly, so that every device starts from the same numbers.
inline std::vector<double> normals(int64_t count, uint64_t seed, double scale = 1) {
  Rng rng(seed, "test");
  std::vector<double> values(static_cast<size_t>(count));
  for (double& v : values) v = static_cast<double>(static_cast<float>(scale * rng.normal()));
  return values;
}

// Largest |got − want| over the largest |want|; NaN in `got` is infinite.
inline double error(const std::vector<double>& got, const std::vector<double>& want) {
  REQUIRE(got.size() == want.size());
  double difference = 0, size = 1e-30;
  for (size_t i = 0; i < got.size(); ++i) {
    const double d = std::abs(got[i] - want[i]);
    difference = std::max(difference, std::isnan(d) ? INFINITY : d);
    size = std::max(size, std::abs(want[i]));
  }
  return difference / size;
}

}  // namespace millet::tests
