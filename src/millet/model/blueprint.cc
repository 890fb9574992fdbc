#include "millet/model/blueprint.h"

#include <algorithm>

#include "millet/core/error.h"

namespace millet::model {

namespace {
// Shapes are registered and nothing else: no part of this device is ever used.
class Nowhere final : public Device {
 public:
  std::string_view name() const override { return "nowhere"; }
  void* allocate(size_t) override { fail_own("device 'nowhere' has no memory"); }
  void release(void*, size_t) noexcept override {}
  void copy_from_host(void*, const void*, size_t) override {}
  void copy_to_host(void*, const void*, size_t) override {}
  void copy(void*, const void*, size_t) override {}
  void zero(void*, size_t) override {}
  bool reads_host_memory() const override { return false; }
  const void* operations() const override { return nullptr; }
};
}  // namespace

Blueprint::Blueprint(const ModelConfig& config)
    : nowhere_(std::make_unique<Nowhere>()),
      parameters_(*nowhere_, nn::Parameters::Mode::shapes),
      decoder_(config, parameters_) {}

int64_t Blueprint::weight_bytes() const {
  int64_t bytes = 0;
  for (const nn::Parameter& p : parameters_) bytes += Buffer::footprint(4 * p.shape.elements());
  return bytes;
}

int64_t Blueprint::largest_parameter() const {
  int64_t largest = 0;
  for (const nn::Parameter& p : parameters_) largest = std::max(largest, p.shape.elements());
  return largest;
}

}  // namespace millet::model
