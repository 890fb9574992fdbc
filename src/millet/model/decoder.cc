#include "millet/model/decoder.h"

#include <fmt/core.h>

#include <algorithm>

#include "millet/core/error.h"
#include "millet/ops/elementwise.h"
#include "millet/ops/permute.h"

namespace millet::model {

static std::deque<nn::Block> make_blocks(const ModelConfig& config, nn::Parameters& parameters) {
  std::deque<nn::Block> blocks;
  for (int64_t layer = 0; layer < config.num_hidden_layers; ++layer) {
    blocks.emplace_back(parameters, fmt::format("model.layers.{}", layer), config.block_dims(layer), layer);
  }
  return blocks;
}

static int64_t head_rows_of(const nn::Batch& batch) {
  return batch.head_rows.empty() ? batch.rows() : batch.head_rows.size(0);
}

Decoder::Decoder(const ModelConfig& config, nn::Parameters& parameters)
    : config_(config),
      parameters_(parameters),
      rope_(config.rope_table(parameters.device(), parameters.dtype())),
      embed_tokens_(parameters, "model.embed_tokens", config.vocab_size, config.hidden_size),
      blocks_(make_blocks(config, parameters)),
      norm_(parameters, "model.norm", config.hidden_size, static_cast<float>(config.rms_norm_eps)),
      lm_head_(config.tie_word_embeddings ? nn::Linear(embed_tokens_.weight())
                                          : nn::Linear(parameters, "lm_head", config.vocab_size, config.hidden_size,
                                                       {.role = nn::Role::head})) {
  if (config.num_nextn_predict_layers > 0) {
    const int64_t layer = config.num_hidden_layers;
    mtp_.emplace(parameters, fmt::format("model.layers.{}", layer), config.block_dims(layer), layer,
                 config.architecture == Architecture::mimo);
  }
}

void Decoder::forward(Context& ctx, const nn::Batch& batch, Pass& pass, Options options) {
  const int64_t T = batch.rows(), H = config_.hidden_size;
  const DType type = parameters_.dtype();
  pass.keep.clear();
  pass.blocks.clear();
  pass.balance_loss.clear();
  pass.mtp_logits = {};
  pass.balance_coefficient = options.balance_coefficient;
  Arena& keep = pass.keep;
  const int64_t bytes = batch.keep ? training_bytes(T, options.mtp) : inference_bytes(T, head_rows_of(batch));
  keep.reserve(bytes * bytes_of(type) / 4);  // they are counted in values of four bytes

  int64_t positions = 0;
  for (const nn::Segment& s : batch.segments) positions = std::max(positions, s.cached_rows + s.rows);
  rope_.reach(positions);

  // Without backward each block's activations go as soon as the next has its input.
  Tensor x = keep.tensor(type, {T, H});
  Tensor other = batch.keep ? Tensor() : keep.tensor(type, {T, H});
  embed_tokens_.forward(ctx, batch.tokens, x);
  for (nn::Block& block : blocks_) {
    nn::Block::Chunk& chunk = batch.keep || pass.blocks.empty() ? pass.blocks.emplace_back() : pass.blocks.front();
    const Arena::Mark mark = keep.mark();
    chunk.batch = &batch;
    chunk.keep = &keep;
    chunk.x = x;
    chunk.y = batch.keep ? keep.tensor(type, {T, H}) : other;
    chunk.balance_coefficient = options.balance_coefficient;
    block.forward(ctx, chunk, rope_);
    if (!options.balance_coefficient.empty() && block.router() != nullptr) {
      const ArenaScope scope(ctx.workspace());
      const Tensor loss = ctx.workspace().tensor(type, {static_cast<int64_t>(batch.segments.size())});
      block.router()->balance_loss(ctx, batch, chunk.router, loss);
      double sum = 0;
      if (type == DType::f64)
        for (const double l : to_host<double>(ctx.device(), loss)) sum += l;
      else
        for (const float l : to_host<float>(ctx.device(), loss)) sum += static_cast<double>(l);
      pass.balance_loss.push_back(sum / static_cast<double>(batch.segments.size()));
    }
    if (batch.keep) {
      x = chunk.y;
    } else {
      std::swap(x, other);
      keep.release(mark);
    }
  }
  pass.hidden = x;

  // The head, on the rows whose logits are wanted.
  pass.normed = keep.tensor(type, {T, H});
  norm_.forward(ctx, pass.hidden, pass.normed, keep, pass.norm);
  pass.normed_rows = pass.normed;
  if (!batch.head_rows.empty()) {
    pass.normed_rows = keep.tensor(type, {batch.head_rows.size(0), H});
    ops::gather_rows(ctx, pass.normed, batch.head_rows, pass.normed_rows);
  }
  pass.logits = keep.tensor(type, {pass.normed_rows.size(0), config_.vocab_size});
  lm_head_.forward(ctx, pass.normed_rows, pass.logits, !batch.keep);

  if (options.mtp && mtp_) {
    const Tensor next = keep.tensor(type, {T, H});
    embed_tokens_.forward(ctx, batch.next, next);
    pass.mtp = {};
    pass.mtp.block.batch = &batch;
    pass.mtp.block.keep = &keep;
    pass.mtp.block.balance_coefficient = options.balance_coefficient;
    mtp_->forward(ctx, pass.hidden, next, rope_, pass.mtp);
    pass.mtp_logits = keep.tensor(type, {T, config_.vocab_size});
    lm_head_.forward(ctx, pass.mtp.hidden, pass.mtp_logits, !batch.keep);
  }
}

void Decoder::backward(Context& ctx, const nn::Batch& batch, Pass& pass, ConstTensor dlogits, ConstTensor dmtp_logits) {
  const int64_t T = batch.rows(), H = config_.hidden_size;
  const DType type = parameters_.dtype();
  require(batch.head_rows.empty(), "decoder: backward wants the logits of all rows, leave head_rows empty");
  Arena& keep = pass.keep;

  const Tensor dnormed = keep.tensor(type, {T, H});
  lm_head_.backward_input(ctx, dlogits, dnormed);
  lm_head_.backward_weight(ctx, dlogits, pass.normed_rows);
  Tensor dx = keep.tensor(type, {T, H}), other = keep.tensor(type, {T, H});
  norm_.backward_input(ctx, dnormed, pass.norm, dx);
  norm_.backward_weight(ctx, dnormed, pass.norm);

  if (!dmtp_logits.empty()) {
    const Arena::Mark mark = keep.mark();
    const Tensor dhidden = keep.tensor(type, {T, H});
    lm_head_.backward_input(ctx, dmtp_logits, dhidden);
    lm_head_.backward_weight(ctx, dmtp_logits, pass.mtp.hidden);
    const Tensor dnext = keep.tensor(type, {T, H});
    mtp_->backward(ctx, dhidden, dx, dnext, rope_, pass.mtp);
    embed_tokens_.backward(ctx, dnext, batch.next);
    keep.release(mark);
  }

  for (size_t b = blocks_.size(); b-- > 0;) {
    nn::Block::Chunk& chunk = pass.blocks[b];
    chunk.dy = dx;
    chunk.dx = other;
    const Arena::Mark mark = keep.mark();
    blocks_[b].backward(ctx, chunk, rope_);
    keep.release(mark);
    std::swap(dx, other);
  }
  embed_tokens_.backward(ctx, dx, batch.tokens);
}

std::vector<nn::Router*> Decoder::routers() {
  std::vector<nn::Router*> all;
  for (nn::Block& block : blocks_) {
    if (block.router() != nullptr) all.push_back(block.router());
  }
  if (mtp_ && mtp_->block().router() != nullptr) all.push_back(mtp_->block().router());
  return all;
}

nn::Cost Decoder::cost(int64_t rows, int64_t context, bool mtp) const {
  const int64_t TH = rows * config_.hidden_size, TV = rows * config_.vocab_size;
  nn::Cost total = lm_head_.cost(rows);
  int64_t gradients = 0;  // of one block at a time
  for (const nn::Block& block : blocks_) {
    const nn::Cost c = block.cost(rows, context);
    gradients = std::max(gradients, c.gradient_bytes);
    total += c;
    total.saved_bytes += nn::arena_bytes(TH);  // y
  }
  total.saved_bytes += nn::arena_bytes(TH, TH, rows, TV);  // embedded, normed, rstd, logits
  if (mtp && mtp_) {
    const nn::Cost c = mtp_->cost(rows, context);
    const int64_t packed = total.packed_bytes;
    gradients = std::max(gradients, c.gradient_bytes + nn::arena_bytes(TH, TH));  // dhidden, dnext
    total += c;
    total.flops += lm_head_.flops(rows);
    total.saved_bytes += nn::arena_bytes(TH, TV);  // the next tokens' embeddings, logits
    total.packed_bytes = packed;                   // a forward without backward has no second prediction
  }
  total.gradient_bytes = gradients + nn::arena_bytes(TH, TH, TH);  // dnormed, dx of two blocks
  return total;
}

int64_t Decoder::training_bytes(int64_t rows, bool mtp) const {
  const nn::Cost c = cost(rows, rows, mtp);
  return c.saved_bytes + c.gradient_bytes;
}

int64_t Decoder::inference_bytes(int64_t rows, int64_t head_rows) const {
  const int64_t TH = rows * config_.hidden_size;
  int64_t largest = nn::arena_bytes(TH, rows, head_rows * config_.hidden_size, head_rows * config_.vocab_size);
  for (const nn::Block& block : blocks_) largest = std::max(largest, block.cost(rows, rows).saved_bytes);
  return nn::arena_bytes(TH, TH) + largest;
}

double Decoder::inference_flops(int64_t rows, int64_t head_rows, int64_t context) const {
  return cost(rows, context, false).flops - lm_head_.flops(rows) + lm_head_.flops(head_rows);
}

}  // namespace millet::model
