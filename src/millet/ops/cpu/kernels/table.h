// The kernels of one instruction-set level, by family. A family is a struct of function pointers in kernels/<family>.h;
// kernels/<family>.cc, compiled once per level, defines the level's `<family>`.
#pragma once

#include "millet/ops/cpu/kernels/activation.h"
#include "millet/ops/cpu/kernels/attention.h"
#include "millet/ops/cpu/kernels/ceiling.h"
#include "millet/ops/cpu/kernels/elementwise.h"
#include "millet/ops/cpu/kernels/embedding.h"
#include "millet/ops/cpu/kernels/gemm.h"
#include "millet/ops/cpu/kernels/loss.h"
#include "millet/ops/cpu/kernels/math.h"
#include "millet/ops/cpu/kernels/norm.h"
#include "millet/ops/cpu/kernels/optimizer.h"
#include "millet/ops/cpu/kernels/permute.h"
#include "millet/ops/cpu/kernels/rope.h"
#include "millet/ops/cpu/kernels/router.h"
#include "millet/ops/cpu/kernels/sample.h"

namespace millet::ops::cpu {

struct KernelTable {
  const AttentionKernels* attention;
  const CeilingKernels* ceiling;
  const GemmKernels* gemm;
  const MathKernels* math;
  const NormKernels* norm;
  const ActivationKernels* activation;
  const EmbeddingKernels* embedding;
  const ElementwiseKernels* elementwise;
  const RopeKernels* rope;
  const RouterKernels* router;
  const PermuteKernels* permute;
  const LossKernels* loss;
  const OptimizerKernels* optimizer;
  const SampleKernels* sample;
};

const KernelTable& table_v2();
const KernelTable& table_v3();
const KernelTable& table_v4();

}  // namespace millet::ops::cpu
