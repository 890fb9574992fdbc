// The table that turns tokens into rows. Hugging Face name: <name>.weight [V, H].
#pragma once

#include "millet/core/context.h"
#include "millet/nn/parameters.h"

namespace millet::nn {

class Embedding {
 public:
  Embedding(Parameters& parameters, std::string_view name, int64_t vocabulary, int64_t hidden);

  // y [T, H] = the rows of ids [T] i32; −1 gives zeros. Of a table that is still in its files only these rows are read.
  // Throws Error: an id ≥ V.
  void forward(Context&, ConstTensor ids, Tensor y) const;
  void backward(Context&, ConstTensor dy, ConstTensor ids);  // adds to the gradient, where there is one to be learned

  Parameter& weight() const { return *weight_; }

 private:
  Parameter* weight_;
};

}  // namespace millet::nn
