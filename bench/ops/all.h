// One function a family: adds its benchmarks.
#pragma once

namespace millet::bench {

class Machine;

void register_gemm(Machine& machine);
void register_attention(Machine& machine);
void register_norm(Machine& machine);
void register_rope(Machine& machine);
void register_activation(Machine& machine);
void register_embedding(Machine& machine);
void register_elementwise(Machine& machine);
void register_router(Machine& machine);
void register_permute(Machine& machine);
void register_loss(Machine& machine);
void register_optimizer(Machine& machine);
void register_sample(Machine& machine);

}  // namespace millet::bench
