// A matrix, with or without a bias. Hugging Face names: <name>.weight [out, in], <name>.bias [out].
#pragma once

#include "millet/nn/cost.h"
#include "millet/nn/packed_copy.h"
#include "millet/nn/parameters.h"

namespace millet::nn {

struct LinearOptions {
  Role role = Role::matrix;
  bool bias = false;
};

class Linear {
 public:
  Linear(Parameters& parameters, std::string_view name, int64_t out, int64_t in, LinearOptions = {});
  explicit Linear(Parameter& shared) : weight_(&shared) {}  // on a weight that exists (a tied head)

  // y [T, out] = x [T, in] · Wᵀ + b, the bias added to the rounded product. `reuse`: a laid-out copy of the weight is
  // made at first use and kept while its version stands still (generation); without it the product lays out for itself
  // (training, where weights move each step).
  void forward(Context&, ConstTensor x, Tensor y, bool reuse) const;
  void backward_input(Context&, ConstTensor dy, Tensor dx, bool accumulate = false) const;  // dx [T, in]
  void backward_weight(Context&, ConstTensor dy, ConstTensor x);                            // adds to the gradients

  Parameter& weight() const { return *weight_; }
  int64_t out() const { return weight_->shape[0]; }
  int64_t in() const { return weight_->shape[1]; }
  double flops(int64_t rows) const { return 2.0 * static_cast<double>(rows) * static_cast<double>(out() * in()); }
  Cost cost(int64_t rows) const;

 private:
  Parameter* weight_;
  Parameter* bias_ = nullptr;
  mutable PackedCopy packed_;
};

}  // namespace millet::nn
