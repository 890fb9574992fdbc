// What every operation is held to: the reference's values on every back end, bits that neither threads nor the level of
// FMA instructions change, gradients that finite differences confirm.
#pragma once

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "millet/core/error.h"
#include "tests/ops/backends.h"

namespace millet::tests {

inline bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}

// run(rig, case) uploads the case's values, calls the operation and returns all that it wrote. Each case has a
// name().
template <class Case, class Run>
void check_conformance(const std::vector<Case>& cases, double tolerance, Run run) {
  Rig reference = oracle();
  std::vector<std::vector<double>> want;
  for (const Case& c : cases) want.push_back(run(reference, c));
  on_every_backend([&](Rig& rig) {
    for (size_t i = 0; i < cases.size(); ++i) {
      CAPTURE(cases[i].name());
      CHECK(error(run(rig, cases[i]), want[i]) <= tolerance);
    }
  });

  std::vector<std::vector<double>> fused;  // by the first level that has FMA
  for (const std::string& name : ops::devices_present()) {
    if (name.rfind("cpu", 0) != 0) continue;
    CAPTURE(name);
    Rig one(name, 1), two(name, 2), three(name, 3);
    for (size_t i = 0; i < cases.size(); ++i) {
      CAPTURE(cases[i].name());
      const std::vector<double> bits = run(one, cases[i]);
      CHECK(same_bits(run(two, cases[i]), bits));
      CHECK(same_bits(run(three, cases[i]), bits));
      if (name == "cpu:v2") continue;
      if (fused.size() <= i)
        fused.push_back(bits);
      else
        CHECK(same_bits(bits, fused[i]));
    }
  }
}

// Every level of the CPU, one after the other.
template <class F>
void on_every_level(F test) {
  for (const std::string& name : ops::devices_present()) {
    if (name.rfind("cpu", 0) != 0) continue;
    CAPTURE(name);
    Rig rig(name, 2);
    test(rig);
  }
}

// Error of a gradient against central differences of f, a function of values in double.
template <class F>
double gradient_error(const std::vector<double>& at, const std::vector<double>& gradient, F f, double step = 1e-6) {
  std::vector<double> numeric, moved = at;
  for (size_t i = 0; i < at.size(); ++i) {
    moved[i] = at[i] + step;
    const double above = f(moved);
    moved[i] = at[i] - step;
    numeric.push_back((above - f(moved)) / (2 * step));
    moved[i] = at[i];
  }
  return error(gradient, numeric);
}

inline double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

inline std::vector<double> joined(std::initializer_list<std::vector<double>> parts) {
  std::vector<double> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// A tensor whose rows lie apart within a larger one: what surrounds them would spoil a result that reads it, and shows
// an operation that writes there.
class Apart {
 public:
  Apart(Rig& rig, const Shape& shape, const std::vector<double>& values) : rig_(rig), width_(shape[-1]) {
    Shape around = shape;
    around[-1] += kBefore + kBehind;
    std::vector<double> all(static_cast<size_t>(around.elements()), kOutside);
    for (size_t i = 0; i < values.size(); ++i) all[place(i)] = values[i];
    whole_ = rig.tensor(around, all);
    view_ = whole_.slice(-1, kBefore, width_);
  }
  Apart(Rig& rig, const Shape& shape)
      : Apart(rig, shape, std::vector<double>(static_cast<size_t>(shape.elements()), 0.0)) {}

  operator Tensor() const { return view_; }
  operator ConstTensor() const { return view_; }

  std::vector<double> read() const {
    std::vector<double> all = rig_.read(whole_), inside(static_cast<size_t>(view_.elements()));
    for (size_t i = 0; i < inside.size(); ++i) inside[i] = std::exchange(all[place(i)], kOutside);
    CHECK(std::count(all.begin(), all.end(), kOutside) == static_cast<std::ptrdiff_t>(all.size()));
    return inside;
  }

 private:
  static constexpr int64_t kBefore = 3, kBehind = 6;
  static constexpr double kOutside = 1048576.0 * 1048576.0;

  size_t place(size_t element) const {
    const auto width = static_cast<size_t>(width_);
    return element / width * (width + kBefore + kBehind) + kBefore + element % width;
  }

  Rig& rig_;
  int64_t width_;
  Tensor whole_, view_;
};

}  // namespace millet::tests
