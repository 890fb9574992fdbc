// The vectors that PyTorch made in float64 (tests/golden/ops/make.py), by `<operation>.<tensor>`.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "millet/io/safetensors.h"
#include "tests/ops/backends.h"

namespace millet::tests {

class Golden {
 public:
  explicit Golden(const std::string& operation)
      : operation_(operation),
        file_(io::SafetensorsFile::open(std::string(MILLET_SOURCE_DIR) + "/tests/golden/ops/ops.safetensors")) {}

  std::vector<double> values(const std::string& name) const { return io::to_f64(entry(name)); }
  double option(const std::string& name) const { return values(name).at(0); }
  Shape shape(const std::string& name) const { return Shape(std::span<const int64_t>(entry(name).shape)); }

  Tensor tensor(Rig& rig, const std::string& name) const { return rig.tensor(shape(name), values(name)); }
  Tensor ids(Rig& rig, const std::string& name) const {
    std::vector<int32_t> ids(static_cast<size_t>(entry(name).elements()));
    std::memcpy(ids.data(), entry(name).bytes.data(), ids.size() * sizeof(int32_t));
    return rig.ids(shape(name), ids);
  }

 private:
  const io::SafetensorsEntry& entry(const std::string& name) const { return file_.at(operation_ + "." + name); }

  std::string operation_;
  io::SafetensorsFile file_;
};

// The reference in double must give the golden values to rounding, every back end to f32's.
template <class F>
void on_golden_backends(F test) {
  Rig reference = oracle();
  test(reference, 1e-12);
  on_every_backend([&](Rig& rig) { test(rig, 2e-6); });
}

}  // namespace millet::tests
