// The list of operations: a back end is one of these tables. A missing row is nullptr, shows as "–" in `millet ops`,
// and calling it is an Error, never a silent fallback.
#pragma once

#include <string_view>
#include <vector>

#include "millet/core/error.h"
#include "millet/ops/activation.h"
#include "millet/ops/attention.h"
#include "millet/ops/elementwise.h"
#include "millet/ops/embedding.h"
#include "millet/ops/gemm.h"
#include "millet/ops/loss.h"
#include "millet/ops/norm.h"
#include "millet/ops/optimizer.h"
#include "millet/ops/permute.h"
#include "millet/ops/rope.h"
#include "millet/ops/router.h"
#include "millet/ops/sample.h"

namespace millet::ops {

// Each row has the name and signature of the public operation, which checks its arguments (ops/<family>.cc) and calls
// it.
struct Backend {
  std::string_view name;
  std::string_view instruction_set;  // "AVX2+FMA", "portable", "f64"

  decltype(&ops::gemm_nt) gemm_nt = nullptr;
  decltype(&ops::gemm_nn) gemm_nn = nullptr;
  decltype(&ops::gemm_tn) gemm_tn = nullptr;
  decltype(&ops::gemm_grouped_nt) gemm_grouped_nt = nullptr;
  decltype(&ops::gemm_grouped_nn) gemm_grouped_nn = nullptr;
  decltype(&ops::gemm_grouped_tn) gemm_grouped_tn = nullptr;
  decltype(&ops::gemm_packed_bytes) gemm_packed_bytes = nullptr;
  decltype(&ops::gemm_pack) gemm_pack = nullptr;

  decltype(&ops::attention) attention = nullptr;
  decltype(&ops::attention_backward) attention_backward = nullptr;
  decltype(&ops::cache_write) cache_write = nullptr;
  decltype(&ops::attention_paged) attention_paged = nullptr;
  decltype(&ops::cache_copy_page) cache_copy_page = nullptr;

  decltype(&ops::rms_norm) rms_norm = nullptr;
  decltype(&ops::rms_norm_backward_input) rms_norm_backward_input = nullptr;
  decltype(&ops::rms_norm_backward_weight) rms_norm_backward_weight = nullptr;

  decltype(&ops::rope) rope = nullptr;

  decltype(&ops::swiglu) swiglu = nullptr;
  decltype(&ops::swiglu_backward) swiglu_backward = nullptr;

  decltype(&ops::embedding) embedding = nullptr;
  decltype(&ops::embedding_backward) embedding_backward = nullptr;

  decltype(&ops::fill) fill = nullptr;
  decltype(&ops::copy) copy = nullptr;
  decltype(&ops::add) add = nullptr;
  decltype(&ops::scale) scale = nullptr;
  decltype(&ops::scale_rows) scale_rows = nullptr;
  decltype(&ops::row_dot) row_dot = nullptr;
  decltype(&ops::broadcast_heads) broadcast_heads = nullptr;
  decltype(&ops::sum_heads) sum_heads = nullptr;
  decltype(&ops::sum_of_squares) sum_of_squares = nullptr;

  decltype(&ops::router) router = nullptr;
  decltype(&ops::router_backward) router_backward = nullptr;
  decltype(&ops::expert_load) expert_load = nullptr;
  decltype(&ops::sequence_balance) sequence_balance = nullptr;

  decltype(&ops::gather_rows) gather_rows = nullptr;
  decltype(&ops::combine_rows) combine_rows = nullptr;

  decltype(&ops::log_prob) log_prob = nullptr;
  decltype(&ops::log_prob_backward) log_prob_backward = nullptr;

  decltype(&ops::adamw) adamw = nullptr;
  decltype(&ops::muon) muon = nullptr;

  decltype(&ops::sample) sample = nullptr;
};

// What `millet ops` prints of a table.
struct OperationRow {
  std::string_view name;
  bool present;
};
std::vector<OperationRow> operation_rows(const Backend& table);

// The table of the context's device.
const Backend& backend(Context&);

// The row of an operation, or an Error that says which device lacks it.
template <class Row>
Row available(Context& ctx, Row row, std::string_view name) {
  require(row != nullptr, "{}: device '{}' does not have this operation; `millet ops` lists what each one has", name,
          ctx.device().name());
  return row;
}

}  // namespace millet::ops
