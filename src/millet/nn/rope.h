// RoPE, YaRN and Llama 3's scaling: the table of angles, and the two places where YaRN scales. The rotation itself is
// ops/rope.
#pragma once

#include <cstdint>
#include <vector>

#include "millet/core/context.h"

namespace millet::nn {

// YaRN (Peng et al. 2023) as transformers computes it. Where both mscales are given this is DeepSeek's own code; where
// one is missing, that code takes the other by itself, and transformers as if both were.
struct Yarn {
  double factor = 1;  // 1: plain RoPE
  double original_max_position_embeddings = 0;
  double beta_fast = 32;
  double beta_slow = 1;
  double mscale = 0;            // 0: not given
  double mscale_all_dim = 0;    // 0: not given
  double attention_factor = 0;  // in place of what the mscales say of the table; 0: not given
  bool truncate = true;         // the ramp begins and ends at whole pairs

  double table_scale() const;    // of cos and sin: get(mscale) / get(mscale_all_dim) where both are given, else get(1);
                                 // get(m) = 0.1·m·ln(factor) + 1
  double softmax_scale() const;  // of the attention scores: get(mscale_all_dim)²; 1 where mscale_all_dim = 0
};

// Llama 3.1's: pairs of long wavelengths (beyond context / low_freq_factor) are slowed down by the factor, short ones
// (below context / high_freq_factor) left, those between blended. Source: transformers, modeling_rope_utils.
struct Llama3Scaling {
  double factor = 1;  // 1: plain RoPE
  double low_freq_factor = 1;
  double high_freq_factor = 4;
  double original_max_position_embeddings = 0;
};

// Inverse frequencies of dim/2 pairs: theta^(−2i/dim).
std::vector<double> inverse_frequencies(int64_t dim, double theta);
// Below YaRN's ramp untouched, above it divided by the factor. The ramp's ends are rounded outwards (truncate) and
// bounded by dim − 1, as DeepSeek does.
std::vector<double> inverse_frequencies(int64_t dim, double theta, const Yarn& yarn);
std::vector<double> inverse_frequencies(int64_t dim, double theta, const Llama3Scaling& scaling);

// cos and sin [P, dim/2] by absolute position: angles in double, rounded once. Grows as positions are asked for.
class RopeTable {
 public:
  // `scale`: of cos and sin (Yarn::table_scale).
  RopeTable(Device& device, DType dtype, std::vector<double> frequencies, double scale, int64_t max_positions);

  // Makes sure that positions below `positions` are there. Throws Error beyond max_positions (max_position_embeddings).
  void reach(int64_t positions);
  ConstTensor cos() const { return cos_; }
  ConstTensor sin() const { return sin_; }

 private:
  Device& device_;
  DType dtype_;
  std::vector<double> frequencies_;
  double scale_;
  int64_t max_positions_;
  int64_t positions_ = 0;
  Buffer memory_;
  Tensor cos_;
  Tensor sin_;
};

}  // namespace millet::nn
