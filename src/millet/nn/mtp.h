// Multi-token prediction, depth one: one more block that sees the next token and predicts the one after it. Source:
// DeepSeek-V3 §2.2. Hugging Face names under model.layers.<num_hidden_layers>.
#pragma once

#include "millet/nn/block.h"

namespace millet::nn {

class Mtp {
 public:
  struct Chunk {
    RmsNorm::Saved enorm, hnorm, norm;
    Tensor joined;  // [T, 2H]: normalised embedding and normalised hidden state
    Block::Chunk block;
    Tensor hidden;  // [T, H] after the module's final norm: the shared head's input
  };

  // `hidden_first`: eh_proj takes the hidden state before the embedding (MiMo), not after it (DeepSeek).
  Mtp(Parameters& parameters, std::string_view name, const BlockDims& dims, int64_t layer, bool hidden_first = false);

  // hidden [T, H] (chunk.hidden) from the main model's hidden state h [T, H] BEFORE its final norm and the embedding of
  // the true next token, next_embedding [T, H]. NOTE: eq. 21 prints [norm(h); norm(emb)], the released weights of
  // DeepSeek want the embedding first.
  void forward(Context&, ConstTensor h, ConstTensor next_embedding, RopeTable&, Chunk&);
  // From dhidden [T, H]: adds to dh [T, H], writes dnext_embedding [T, H].
  void backward(Context&, ConstTensor dhidden, Tensor dh, Tensor dnext_embedding, RopeTable&, Chunk&);

  Block& block() { return block_; }
  const Block& block() const { return block_; }
  Cost cost(int64_t rows, int64_t context) const;

 private:
  Tensor embedding_half(Tensor joined) const {
    return joined.slice(1, hidden_first_ ? joined.size(1) / 2 : 0, joined.size(1) / 2);
  }
  Tensor hidden_half(Tensor joined) const {
    return joined.slice(1, hidden_first_ ? 0 : joined.size(1) / 2, joined.size(1) / 2);
  }

  bool hidden_first_;
  RmsNorm enorm_, hnorm_;
  Linear eh_proj_;  // [H, 2H]
  Block block_;
  RmsNorm norm_;  // shared_head.norm
};

}  // namespace millet::nn
