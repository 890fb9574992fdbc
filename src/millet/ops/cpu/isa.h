// Instruction-set levels of x86-64, and which of them this processor has.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "millet/ops/cpu/kernels/table.h"

namespace millet::ops::cpu {

// v2: portable C++. v3: AVX2 and FMA. v4: AVX-512 F, BW, DQ, VL. v3 and v4 give the same bits in f32.
enum class Isa : uint8_t { v2, v3, v4 };

std::string_view name_of(Isa);         // "v2", as --isa takes it
std::string_view description_of(Isa);  // "AVX2+FMA"

// What CPUID says and the operating system saves (XGETBV), lowest first; elsewhere than on x86-64 v2 alone.
std::vector<Isa> levels_present();

// The kernels of a level. Only a level that is present may be called.
const KernelTable& kernels_of(Isa);

}  // namespace millet::ops::cpu
