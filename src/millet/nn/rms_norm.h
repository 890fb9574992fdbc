// RMSNorm with its weight. Source: DeepSeek-V3 §2.1; Hugging Face name: <name>.weight
#pragma once

#include "millet/core/context.h"
#include "millet/nn/parameters.h"

namespace millet::nn {

class RmsNorm {
 public:
  struct Saved {
    ConstTensor x;
    Tensor rstd;  // [T]
  };

  RmsNorm(Parameters& parameters, std::string_view name, int64_t width, float eps);

  // x, y [T, width]. rstd comes from `keep`, and with it all that backward needs: x must stay.
  void forward(Context&, ConstTensor x, Tensor y, Arena& keep, Saved&) const;
  void backward_input(Context&, ConstTensor dy, const Saved&, Tensor dx) const;
  void backward_weight(Context&, ConstTensor dy, const Saved&);  // adds to the gradient

 private:
  Parameter* weight_;
  float eps_;
};

}  // namespace millet::nn
