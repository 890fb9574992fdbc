#include "millet/ops/devices.h"

#include <algorithm>

#include "millet/core/error.h"
#include "millet/ops/cpu/device.h"
#include "millet/ops/reference/device.h"

namespace millet::ops {

static cpu::Isa level_of(std::string_view isa) {
  const std::vector<cpu::Isa> present = cpu::levels_present();
  if (isa.empty()) return present.back();
  std::string names;
  for (const cpu::Isa level : present) {
    if (cpu::name_of(level) == isa) return level;
    names += (names.empty() ? "" : ", ") + std::string(cpu::name_of(level));
  }
  fail("--isa: this processor has no level '{}'; it has {}", isa, names);
}

std::unique_ptr<Device> make_device(std::string_view name, std::string_view isa) {
  if (const size_t colon = name.find(':'); colon != std::string_view::npos && isa.empty())
    return make_device(name.substr(0, colon), name.substr(colon + 1));
  if (name == "cpu") return std::make_unique<cpu::CpuDevice>(level_of(isa));
  require(isa.empty(), "device '{}': instruction-set levels are the cpu's, '{}' means nothing here", name, isa);
  if (name == "reference") return std::make_unique<reference::ReferenceDevice>();
  if (name == "fence") return std::make_unique<reference::FenceDevice>();
  fail("there is no device '{}'; there are cpu, reference and fence", name);
}

std::vector<std::string> devices_present() {
  std::vector<std::string> names = {"reference", "fence"};
  for (const cpu::Isa level : cpu::levels_present()) names.push_back("cpu:" + std::string(cpu::name_of(level)));
  return names;
}

}  // namespace millet::ops
