// Group Sequence Policy Optimization: one importance ratio an answer, in place of one a token. Source: Zheng et al.
// 2025, arXiv 2507.18071, eq. 5–7.
#pragma once

#include <span>
#include <string>

namespace millet::rl {

// s = (π(o) / π_old(o))^(1/|o|) = exp(1/|o| Σ_t (log π(t) − log π_old(t))), eq. 7; 1 for an answer without tokens.
//
// An answer's clipped term, −min(s A, clip(s) A) (eq. 5), is said once for each of its tokens. With weights of 1/|o| a
// token these add up to the paper's one term, and the gradient by each token's log π is that of the term by log s: of
// |o| equal terms each moves by 1/|o|.
double sequence_ratio(std::span<const float> new_log_probs, std::span<const float> old_log_probs);

// The ratio as it is printed.
std::string sequence_ratio_formula();

}  // namespace millet::rl
