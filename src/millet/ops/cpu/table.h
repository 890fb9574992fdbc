// The CPU's rows: ops/cpu/<family>.cc defines them, table.cc lists them.
#pragma once

#include "millet/ops/backend.h"

namespace millet::ops::cpu {

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

decltype(ops::attention) attention;
decltype(ops::attention_backward) attention_backward;
decltype(ops::cache_write) cache_write;
decltype(ops::attention_paged) attention_paged;
decltype(ops::cache_copy_page) cache_copy_page;

decltype(ops::rms_norm) rms_norm;
decltype(ops::rms_norm_backward_input) rms_norm_backward_input;
decltype(ops::rms_norm_backward_weight) rms_norm_backward_weight;

decltype(ops::swiglu) swiglu;
decltype(ops::swiglu_backward) swiglu_backward;

decltype(ops::embedding) embedding;
decltype(ops::embedding_backward) embedding_backward;

decltype(ops::fill) fill;
decltype(ops::copy) copy;
decltype(ops::add) add;
decltype(ops::scale) scale;
decltype(ops::scale_rows) scale_rows;
decltype(ops::row_dot) row_dot;
decltype(ops::broadcast_heads) broadcast_heads;
decltype(ops::sum_heads) sum_heads;
decltype(ops::sum_of_squares) sum_of_squares;

decltype(ops::rope) rope;

decltype(ops::router) router;
decltype(ops::router_backward) router_backward;
decltype(ops::expert_load) expert_load;
decltype(ops::sequence_balance) sequence_balance;

decltype(ops::gather_rows) gather_rows;
decltype(ops::combine_rows) combine_rows;

decltype(ops::log_prob) log_prob;
decltype(ops::log_prob_backward) log_prob_backward;

decltype(ops::adamw) adamw;
decltype(ops::muon) muon;

decltype(ops::sample) sample;

}  // namespace millet::ops::cpu
