// The devices there are: "cpu", "reference", "fence".
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "millet/core/device.h"

namespace millet::ops {

// cpu: our kernels, at the best instruction-set level this processor has or a lower one asked for by `isa` ("v2"
// portable, "v3" AVX2+FMA, "v4" AVX-512; "" = best). reference: the specification, any float type computed in double.
// fence: the reference over memory whose addresses cannot be read outside of it: holds all code above ops/ to the rule.
// Throws Error for an unknown name, and for a level that the processor lacks.
std::unique_ptr<Device> make_device(std::string_view name = "cpu", std::string_view isa = "");

// What can be made here: every device, and cpu once for each level present ("cpu:v2", "cpu:v3" …). For conformance
// tests.
std::vector<std::string> devices_present();

}  // namespace millet::ops
