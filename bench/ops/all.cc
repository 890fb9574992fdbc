// The families of operations that have benchmarks.
#include "bench/ops/all.h"

#include "bench/bench.h"

namespace millet::bench {

void register_all(Machine& machine) {
  register_gemm(machine);
  register_attention(machine);
}

}  // namespace millet::bench
