// The model: embedding, blocks, norm, head, and the prediction of a second token. One forward for training, rollouts
// and serving. Source: DeepSeek-V3 §2; Hugging Face names: model.embed_tokens, model.layers.<i>, model.norm, lm_head.
#pragma once

#include <deque>
#include <optional>

#include "millet/model/config.h"
#include "millet/nn/batch.h"
#include "millet/nn/embedding.h"
#include "millet/nn/mtp.h"
#include "millet/nn/parameters.h"

namespace millet::model {

class Decoder {
 public:
  // What one micro-batch leaves for backward, and the results. Owned by the caller; `keep` is cleared by forward.
  struct Pass {
    explicit Pass(Device& device) : keep(device) {}
    Arena keep;
    Tensor logits;      // [Q, V]
    Tensor mtp_logits;  // [T, V] of the token after next; empty unless asked for
    std::vector<double>
        balance_loss;  // of each MoE layer: mean over segments, unweighed; filled when coefficients are given

    // Private to forward and backward.
    std::deque<nn::Block::Chunk> blocks;
    nn::Mtp::Chunk mtp;
    Tensor hidden;       // [T, H] before the final norm
    Tensor normed;       // [T, H]
    Tensor normed_rows;  // [Q, H]
    nn::RmsNorm::Saved norm;
    ConstTensor balance_coefficient;
  };

  struct Options {
    bool mtp = false;                 // also predict the token after next (needs batch.next)
    ConstTensor balance_coefficient;  // [B] weight of each segment's balance loss in every MoE layer; empty: none
  };

  // Registers its weights. `max_positions`: 0 = the config's.
  Decoder(const ModelConfig& config, nn::Parameters& parameters);
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  // Fills pass.logits (and mtp_logits). Batch tensors must stay until backward. What pass.keep will hold, backward
  // included, is reserved in one piece.
  void forward(Context&, const nn::Batch&, Pass&, Options);
  void forward(Context& ctx, const nn::Batch& batch, Pass& pass) { forward(ctx, batch, pass, Options{}); }

  // Adds the gradients of Σ dlogits · logits + Σ dmtp_logits · mtp_logits (+ the balance loss) to the parameters. Needs
  // a forward with batch.keep. dmtp_logits may be empty.
  void backward(Context&, const nn::Batch&, Pass&, ConstTensor dlogits, ConstTensor dmtp_logits);

  const ModelConfig& config() const { return config_; }
  nn::Parameters& parameters() const { return parameters_; }
  bool has_mtp() const { return mtp_.has_value(); }

  // Every router, the MTP block's last: their biases and loads.
  std::vector<nn::Router*> routers();

  // Of the main model's forward over `rows` rows in sequences of `context`; with the second prediction if asked for.
  nn::Cost cost(int64_t rows, int64_t context, bool mtp) const;
  // What Pass::keep holds at most: by the end of a backward, and in a forward without one. In four-byte values.
  int64_t training_bytes(int64_t rows, bool mtp) const;
  int64_t inference_bytes(int64_t rows, int64_t head_rows) const;
  // Operations of a forward that asks for the logits of `head_rows` of its rows alone.
  double inference_flops(int64_t rows, int64_t head_rows, int64_t context) const;

 private:
  ModelConfig config_;
  nn::Parameters& parameters_;
  nn::RopeTable rope_;
  nn::Embedding embed_tokens_;
  std::deque<nn::Block> blocks_;
  nn::RmsNorm norm_;
  nn::Linear lm_head_;
  std::optional<nn::Mtp> mtp_;
};

}  // namespace millet::model
