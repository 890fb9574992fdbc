// The attention of a block: latent or grouped, as its dims say. Each has the same three passes.
#pragma once

#include <variant>

#include "millet/nn/gqa.h"
#include "millet/nn/mla.h"

namespace millet::nn {

class Attention {
 public:
  using Dims = std::variant<MlaDims, GqaDims>;
  using Saved = std::variant<Mla::Saved, Gqa::Saved>;

  Attention(Parameters& parameters, std::string_view name, const Dims& dims);

  void forward(Context&, const Batch&, ConstTensor x, RopeTable&, int64_t layer, Tensor y, Arena& keep, Saved&) const;
  void backward_input(Context&, const Batch&, ConstTensor dy, const RopeTable&, Tensor dx, Arena& keep, Saved&) const;
  void backward_weight(Context&, const Saved&);
  Cost cost(int64_t rows, int64_t context) const;

 private:
  std::variant<Mla, Gqa> module_;
};

}  // namespace millet::nn
