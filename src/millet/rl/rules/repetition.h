// What an answer loses for saying the same again: the share of its n-grams of tokens that stood there before. Source:
// Yeo et al. 2025,
// arXiv 2502.03373, appendix C.2, on tokens as in TRL.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace millet::rl {

// distinct n-grams / n-grams − 1, so 0 (nothing twice) to nearly −1; 0 for an answer of fewer than n tokens. n ≥ 1.
double ngram_repetition(std::span<const int32_t> ids, int64_t n);

std::string repetition_formula(int64_t n);

}  // namespace millet::rl
