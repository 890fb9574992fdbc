// Sixteen lanes of f32: the one vector type of all kernels, at every instruction-set level.
//
// v3 (AVX2+FMA) and v4 (AVX-512) give the same bits for everything here: lanes are computed alike, and what crosses
// lanes has one order. v2 (portable) rounds a product before it adds, so its bits are its own.
// A kernel includes this, its own table's header and <cstdint>, nothing else: its object must hold no weak symbol,
// because the linker would then run, say, the AVX-512 copy of an inline function on a machine without AVX-512.
#pragma once

#include <cstdint>

// Internal linkage, and inlined even where a debug build would not: vectors live in registers or not at all.
#define MILLET_VEC [[gnu::always_inline]] static inline

#if MILLET_ISA_LEVEL == 4
#include "millet/ops/cpu/kernels/vec_v4.h"
#elif MILLET_ISA_LEVEL == 3
#include "millet/ops/cpu/kernels/vec_v3.h"
#else
#include "millet/ops/cpu/kernels/vec_v2.h"
#endif

#include "millet/ops/cpu/kernels/vec_math.h"
