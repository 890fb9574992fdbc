// The families of operations that have benchmarks.
#include "bench/ops/all.h"

#include "bench/bench.h"

namespace millet::bench {

void register_all(Machine& machine) {
  register_gemm(machine);
  register_attention(machine);
  register_norm(machine);
  register_rope(machine);
  register_activation(machine);
  register_embedding(machine);
  register_elementwise(machine);
  register_router(machine);
  register_permute(machine);
  register_loss(machine);
  register_optimizer(machine);
  register_sample(machine);
}

}  // namespace millet::bench
