// The reference's rows: ops/reference/<family>.cc defines them, table.cc lists them.
#pragma once

#include "millet/ops/backend.h"

namespace millet::ops::reference {

const Backend& table();

// A declaration each, of the signature that the contract has.
decltype(ops::gemm_nt) gemm_nt;
decltype(ops::gemm_nn) gemm_nn;
decltype(ops::gemm_tn) gemm_tn;
decltype(ops::gemm_grouped_nt) gemm_grouped_nt;
decltype(ops::gemm_grouped_nn) gemm_grouped_nn;
decltype(ops::gemm_grouped_tn) gemm_grouped_tn;
decltype(ops::gemm_packed_bytes) gemm_packed_bytes;
decltype(ops::gemm_pack) gemm_pack;

}  // namespace millet::ops::reference
