// Choosing experts. The specification is ops/reference/router.cc.
#pragma once

#include <span>

#include "millet/core/context.h"
#include "millet/core/tensor.h"
#include "millet/ops/attention.h"

namespace millet::ops {

enum class Scoring : uint8_t { sigmoid, softmax };   // of one expert alone; over all E of a token
enum class GroupScore : uint8_t { two_best, best };  // the sum of a group's two best, as V3; its best, as V2

struct RouterOptions {
  Scoring scoring = Scoring::sigmoid;
  GroupScore group_score = GroupScore::two_best;
  int64_t n_group = 1;
  int64_t topk_group = 1;
  bool norm_topk_prob = true;
  double routed_scaling_factor = 1;
};

// scores = sigmoid(logits) or softmax(logits); experts are chosen by scores + bias: the topk_group groups with the
// largest group score (of biased scores) stay (others are −∞), then the k best of what stays; ties go to the lower
// index. Gates are the UNBIASED scores of the chosen, divided by their sum (+1e-20) if norm_topk_prob, times
// routed_scaling_factor.
//   logits [T, E]    bias [E] or empty    scores [T, E]    expert [T, k] i32, best first    gate [T, k]
// A softmax subtracts the row's maximum; its sum is a row sum of the numeric contract.
// Source: DeepSeek-V3 §2.1.2 eq. 12–16, V2 §2.2 and their inference code. Throws Error: E not divisible by n_group,
// groups of one expert that are judged by their two best, k larger than what the groups leave.
void router(Context&, ConstTensor logits, ConstTensor bias, Tensor scores, Tensor expert, Tensor gate, RouterOptions);

// dlogits from the gates' gradient and the scores' own (of the balance loss; empty = none). The choice has no gradient.
//   dgate [T, k]    dscores [T, E] or empty    dlogits [T, E]
void router_backward(Context&, ConstTensor dgate, ConstTensor dscores, ConstTensor scores, ConstTensor expert,
                     Tensor dlogits, RouterOptions);

// load[e] += the number of (token, slot) pairs that chose e.   expert [T, k] i32    load [E] i32
void expert_load(Context&, ConstTensor expert, Tensor load);

// The sequence-wise balance loss of each segment: loss[b] = Σ_i f_i P_i with f_i = E / (k·rows) · (times i was chosen),
// P_i = mean over its rows of s_i / (Σ_j s_j + 1e-20). Perfectly even gives 1.               DeepSeek-V3 eq. 17–20
// And its gradient, written: dscores = coefficient[b] · ∂loss[b]/∂scores (f carries none), 0 in rows of no segment.
//   scores [T, E]    expert [T, k]    coefficient [B]    loss [B]    dscores [T, E], empty = not wanted
// NOTE: eq. 18 as printed counts the unbiased top-k; we count the experts that were really chosen, which is what must
// be balanced (DeepSeek's own V2 code does the same).
void sequence_balance(Context&, ConstTensor scores, ConstTensor expert, std::span<const Segment> segments,
                      ConstTensor coefficient, Tensor loss, Tensor dscores);

}  // namespace millet::ops
