#include "millet/ops/backend.h"

namespace millet::ops {

const Backend& backend(Context& ctx) {
  return *static_cast<const Backend*>(ctx.device().operations());
}

std::vector<OperationRow> operation_rows(const Backend& t) {
  return {
      {"gemm_nt", t.gemm_nt != nullptr},
      {"gemm_nn", t.gemm_nn != nullptr},
      {"gemm_tn", t.gemm_tn != nullptr},
      {"gemm_grouped_nt", t.gemm_grouped_nt != nullptr},
      {"gemm_grouped_nn", t.gemm_grouped_nn != nullptr},
      {"gemm_grouped_tn", t.gemm_grouped_tn != nullptr},
      {"gemm_packed_bytes", t.gemm_packed_bytes != nullptr},
      {"gemm_pack", t.gemm_pack != nullptr},
      {"attention", t.attention != nullptr},
      {"attention_backward", t.attention_backward != nullptr},
      {"cache_write", t.cache_write != nullptr},
      {"attention_paged", t.attention_paged != nullptr},
      {"cache_copy_page", t.cache_copy_page != nullptr},
      {"rms_norm", t.rms_norm != nullptr},
      {"rms_norm_backward_input", t.rms_norm_backward_input != nullptr},
      {"rms_norm_backward_weight", t.rms_norm_backward_weight != nullptr},
      {"rope", t.rope != nullptr},
      {"swiglu", t.swiglu != nullptr},
      {"swiglu_backward", t.swiglu_backward != nullptr},
      {"embedding", t.embedding != nullptr},
      {"embedding_backward", t.embedding_backward != nullptr},
      {"fill", t.fill != nullptr},
      {"copy", t.copy != nullptr},
      {"add", t.add != nullptr},
      {"scale", t.scale != nullptr},
      {"scale_rows", t.scale_rows != nullptr},
      {"row_dot", t.row_dot != nullptr},
      {"broadcast_heads", t.broadcast_heads != nullptr},
      {"sum_heads", t.sum_heads != nullptr},
      {"sum_of_squares", t.sum_of_squares != nullptr},
      {"router", t.router != nullptr},
      {"router_backward", t.router_backward != nullptr},
      {"expert_load", t.expert_load != nullptr},
      {"sequence_balance", t.sequence_balance != nullptr},
      {"gather_rows", t.gather_rows != nullptr},
      {"combine_rows", t.combine_rows != nullptr},
      {"log_prob", t.log_prob != nullptr},
      {"log_prob_backward", t.log_prob_backward != nullptr},
      {"adamw", t.adamw != nullptr},
      {"muon", t.muon != nullptr},
      {"sample", t.sample != nullptr},
  };
}

}  // namespace millet::ops
