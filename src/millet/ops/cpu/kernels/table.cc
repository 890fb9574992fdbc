// One level's row of each family. Compiled once per level; rows, no logic.
#include "millet/ops/cpu/kernels/table.h"

namespace millet::ops::cpu {

namespace MILLET_ISA {
extern const AttentionKernels attention;
extern const CeilingKernels ceiling;
extern const GemmKernels gemm;
extern const MathKernels math;
extern const NormKernels norm;
extern const ActivationKernels activation;
extern const EmbeddingKernels embedding;
extern const ElementwiseKernels elementwise;
extern const RopeKernels rotation;
extern const RouterKernels routing;
extern const PermuteKernels permute;
extern const LossKernels loss;
extern const OptimizerKernels optimizer;
extern const SampleKernels sampling;
}  // namespace MILLET_ISA

static constexpr KernelTable kTable = {
    .attention = &MILLET_ISA::attention,
    .ceiling = &MILLET_ISA::ceiling,
    .gemm = &MILLET_ISA::gemm,
    .math = &MILLET_ISA::math,
    .norm = &MILLET_ISA::norm,
    .activation = &MILLET_ISA::activation,
    .embedding = &MILLET_ISA::embedding,
    .elementwise = &MILLET_ISA::elementwise,
    .rope = &MILLET_ISA::rotation,
    .router = &MILLET_ISA::routing,
    .permute = &MILLET_ISA::permute,
    .loss = &MILLET_ISA::loss,
    .optimizer = &MILLET_ISA::optimizer,
    .sample = &MILLET_ISA::sampling,
};

const KernelTable& MILLET_TABLE() {
  return kTable;
}

}  // namespace millet::ops::cpu
