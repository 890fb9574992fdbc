#include "millet/ops/cpu/isa.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace millet::ops::cpu {

std::string_view name_of(Isa isa) {
  switch (isa) {
    case Isa::v2:
      return "v2";
    case Isa::v3:
      return "v3";
    case Isa::v4:
      return "v4";
  }
  return "?";
}

std::string_view description_of(Isa isa) {
  switch (isa) {
    case Isa::v2:
      return "portable";
    case Isa::v3:
      return "AVX2+FMA";
    case Isa::v4:
      return "AVX-512";
  }
  return "?";
}

#if defined(__x86_64__)

// The registers that the operating system saves on a switch of threads. An instruction set whose registers it does not
// save must not be used, whatever CPUID says.
[[gnu::target("xsave")]] static uint64_t saved_registers() {
  return _xgetbv(0);
}

std::vector<Isa> levels_present() {
  std::vector<Isa> levels = {Isa::v2};
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0) return levels;
  const bool fma = (ecx & bit_FMA) != 0;
  const bool xgetbv = (ecx & bit_OSXSAVE) != 0;
  if (!fma || !xgetbv || __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return levels;

  const uint64_t saved = saved_registers();
  constexpr uint64_t kYmm = 0x06, kZmm = 0xe6;  // XCR0: xmm and ymm; also opmask and both halves of zmm
  if ((saved & kYmm) != kYmm || (ebx & bit_AVX2) == 0) return levels;
  levels.push_back(Isa::v3);

  constexpr unsigned kAvx512 = bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL;
  if ((saved & kZmm) == kZmm && (ebx & kAvx512) == kAvx512) levels.push_back(Isa::v4);
  return levels;
}

const KernelTable& kernels_of(Isa isa) {
  switch (isa) {
    case Isa::v4:
      return table_v4();
    case Isa::v3:
      return table_v3();
    case Isa::v2:
      break;
  }
  return table_v2();
}

#else

std::vector<Isa> levels_present() {
  return {Isa::v2};
}

const KernelTable& kernels_of(Isa) {
  return table_v2();
}

#endif

}  // namespace millet::ops::cpu
