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
    .attention = attention,
    .attention_backward = attention_backward,
    .cache_write = cache_write,
    .attention_paged = attention_paged,
    .cache_copy_page = cache_copy_page,
    .rms_norm = rms_norm,
    .rms_norm_backward_input = rms_norm_backward_input,
    .rms_norm_backward_weight = rms_norm_backward_weight,
    .rope = rope,
    .swiglu = swiglu,
    .swiglu_backward = swiglu_backward,
    .embedding = embedding,
    .embedding_backward = embedding_backward,
    .fill = fill,
    .copy = copy,
    .add = add,
    .scale = scale,
    .scale_rows = scale_rows,
    .row_dot = row_dot,
    .broadcast_heads = broadcast_heads,
    .sum_heads = sum_heads,
    .sum_of_squares = sum_of_squares,
    .router = router,
    .router_backward = router_backward,
    .expert_load = expert_load,
    .sequence_balance = sequence_balance,
    .gather_rows = gather_rows,
    .combine_rows = combine_rows,
    .log_prob = log_prob,
    .log_prob_backward = log_prob_backward,
    .adamw = adamw,
    .muon = muon,
    .sample = sample,
};

const Backend& table() {
  return kTable;
}

}  // namespace millet::ops::cpu
