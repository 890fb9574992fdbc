// One transformer block, cut into pieces where it communicates. Source: DeepSeek-V3 §2.1, §3.2.1 (the pieces of
// DualPipe). Hugging Face names under model.layers.<i>.
#pragma once

#include <array>
#include <memory>
#include <optional>

#include "millet/nn/attention.h"
#include "millet/nn/batch.h"
#include "millet/nn/expert_exchange.h"
#include "millet/nn/experts.h"
#include "millet/nn/mlp.h"
#include "millet/nn/router.h"

namespace millet::nn {

struct BlockDims {
  int64_t hidden = 0;  // H
  Attention::Dims attention;
  float rms_norm_eps = 1e-6F;
  int64_t intermediate = 0;  // of a dense block
  bool is_moe = false;
  RouterDims router;  // of a MoE block
  int64_t moe_intermediate = 0;
  int64_t n_shared_experts = 0;  // one SwiGLU of n_shared · moe_intermediate
};

// Forward and _b pieces of one chunk run in this order, a _w piece any time after its _b (zero bubble lives on that);
// pieces of different chunks interleave freely. A dense block's dispatch and combine do nothing, its feed-forward runs
// in `experts`.
enum class Piece : uint8_t {
  attention,
  dispatch,
  experts,
  combine,
  finish,  // forward
  combine_b,
  experts_b,
  dispatch_b,
  experts_w,
  attention_b,
  attention_w
};  // _b inputs, _w weights
inline constexpr std::array kForwardPieces{Piece::attention, Piece::dispatch, Piece::experts, Piece::combine,
                                           Piece::finish};
inline constexpr std::array kBackwardPieces{Piece::combine_b, Piece::experts_b,   Piece::dispatch_b,
                                            Piece::experts_w, Piece::attention_b, Piece::attention_w};

class Block {
 public:
  // All that one micro-batch leaves in this block; owned by the caller.
  struct Chunk {
    const Batch* batch = nullptr;
    Arena* keep = nullptr;            // where what must last until backward comes from
    ConstTensor x;                    // [T, H] residual stream in
    Tensor y;                         // [T, H] and out
    ConstTensor dy;                   // [T, H] gradient in
    Tensor dx;                        // [T, H] and out
    ConstTensor balance_coefficient;  // [B] weight of each segment's balance loss; empty: none

    // Private to the pieces.
    RmsNorm::Saved attention_norm, ffn_norm;
    Attention::Saved attention;
    Mlp::Saved mlp;  // dense, or shared experts
    Router::Saved router;
    Route route;
    Experts::Saved experts;
    Tensor h;                                      // [T, H] after attention
    Tensor u;                                      // [T, H] normalised h
    Tensor feed_forward;                           // [T, H] of the dense or shared part
    Tensor routed;                                 // [T, H]
    Tensor rows, row_gate, expert_rows;            // [R, H], [R], [R, H]
    Tensor du, drouted;                            // [T, H]
    Tensor dexpert_rows, drows, drow_gate, dgate;  // [R, H], [R, H], [R], [T, k]
    Tensor dh, dattention_in, dattention_out;      // [T, H]
    Move move;
  };

  // `layer` numbers the block in the cache. The exchange is local when none is given.
  Block(Parameters& parameters, std::string_view name, const BlockDims& dims, int64_t layer,
        std::unique_ptr<ExpertExchange> exchange = nullptr);

  // A communication piece only starts its Move; the piece that uses the result waits for it.
  void run(Context&, Piece, Chunk&, RopeTable&);
  void forward(Context& ctx, Chunk& chunk, RopeTable& rope) {
    for (const Piece p : kForwardPieces) run(ctx, p, chunk, rope);
  }
  void backward(Context& ctx, Chunk& chunk, RopeTable& rope) {
    for (const Piece p : kBackwardPieces) run(ctx, p, chunk, rope);
  }

  Router* router() { return router_ ? &*router_ : nullptr; }
  const Router* router() const { return router_ ? &*router_ : nullptr; }
  const BlockDims& dims() const { return dims_; }
  Cost cost(int64_t rows, int64_t context) const;

 private:
  void attention(Context&, Chunk&, RopeTable&);
  void dispatch(Context&, Chunk&);
  void experts(Context&, Chunk&);
  void combine(Context&, Chunk&);
  void finish(Context&, Chunk&);
  void combine_b(Context&, Chunk&);
  void experts_b(Context&, Chunk&);
  void dispatch_b(Context&, Chunk&);
  void experts_w(Context&, Chunk&);
  void attention_b(Context&, Chunk&, RopeTable&);
  void attention_w(Context&, Chunk&);

  BlockDims dims_;
  int64_t layer_;
  RmsNorm input_layernorm_;
  Attention self_attn_;
  RmsNorm post_attention_layernorm_;
  std::optional<Mlp> mlp_;  // dense, or shared experts
  std::optional<Router> router_;
  std::optional<Experts> experts_;
  std::unique_ptr<ExpertExchange> exchange_;
};

}  // namespace millet::nn
