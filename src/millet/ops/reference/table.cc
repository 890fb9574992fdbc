#include "millet/ops/reference/table.h"

namespace millet::ops::reference {

static constexpr Backend kTable = {
    .name = "reference",
    .instruction_set = "f64",
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

}  // namespace millet::ops::reference
