// How well a model foretells a text: perplexity, and bits per byte, which can be compared across tokenizers.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "millet/core/context.h"
#include "millet/io/json.h"
#include "millet/text/tokenizer.h"
#include "millet/train/objective.h"

namespace millet::eval {

struct PerplexityOptions {
  int64_t context = 1024;  // rows of a window
  int64_t stride = 512;    // rows by which a window begins after the one before it, 1 … context
  std::function<void(int64_t windows)> on_window;
};

struct Perplexity {
  int64_t documents = 0;
  int64_t tokens = 0;    // scored: those of the text
  int64_t unscored = 0;  // first tokens of documents where the tokenizer has neither <bos> nor <eos> to begin with
  int64_t bytes = 0;     // of the scored text, UTF-8
  int64_t words = 0;     // what white space separates, of the scored text
  int64_t windows = 0;
  double nats = 0;  // Σ −log p

  double per_token() const;      // exp(nats / tokens)
  double bits_per_byte() const;  // nats / ln 2 / bytes
  // exp(nats / words); NaN where words have more than 24 bytes in the mean: the text does not separate them.
  double per_word() const;
  io::Json to_json() const;
};

// Documents one after another, each by itself. A document begins with <bos>, or else with <eos> as behind another
// document; neither is scored, and its end is not either. Its tokens go through the model in windows of `context` rows:
// the first scores all of its rows, each later one begins `stride` rows after the one before and scores those that no
// window has scored, so these see at least context − stride rows before them. Text is encoded without looking for added
// tokens in it.
class PerplexityMeter {
 public:
  // Model and tokenizer must outlive it. Throws Error: a stride outside 1 … context, a context beyond the model's
  // positions.
  PerplexityMeter(Context& ctx, model::Decoder& model, const text::Tokenizer& tokenizer, PerplexityOptions options);

  void add(std::string_view document);
  const Perplexity& result() const { return result_; }

 private:
  Context& ctx_;
  model::Decoder& model_;
  const text::Tokenizer& tokenizer_;
  PerplexityOptions options_;
  train::Objective objective_;
  Perplexity result_;
};

}  // namespace millet::eval
