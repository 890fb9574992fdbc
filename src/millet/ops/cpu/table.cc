#include "millet/ops/cpu/table.h"

namespace millet::ops::cpu {

static constexpr Backend kTable = {
    .name = "cpu",
    .gemm_nt = gemm_nt,
    .gemm_nn = gemm_nn,
    .gemm_tn = gemm_tn,
    .gemm_grouped_nt = gemm_grouped_nt,
    .gemm_grouped_nn = gemm_grouped_nn,
    .gemm_grouped_tn = gemm_grouped_tn,
    .gemm_packed_bytes = gemm_packed_bytes,
    .gemm_pack = gemm_pack,
};

const Backend& table() {
  return kTable;
}

}  // namespace millet::ops::cpu
