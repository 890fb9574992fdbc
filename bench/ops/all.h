// One function a family: adds its benchmarks.
#pragma once

namespace millet::bench {

class Machine;

void register_gemm(Machine& machine);
void register_attention(Machine& machine);

}  // namespace millet::bench
