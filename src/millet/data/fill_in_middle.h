// Fill-in-the-middle: a document is cut at two places and its middle is written last, so that a model learns to write
// between what stands before and what stands after.        Bavarian et al. 2022; DeepSeek-V3 §4.1: PSM, rate 0.1
//   <|fim_begin|> prefix <|fim_hole|> suffix <|fim_end|> middle
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "millet/text/tokenizer.h"

namespace millet::data {

class FillInMiddle {
 public:
  // `rate`: share of the documents, 0 to 1. The marks are found by their names in the tokenizer's file: DeepSeek-V3's
  // as its paper or its files spell them, Qwen2.5-Coder's, or StarCoder's. The tokenizer must outlive it. Throws Error:
  // a rate above 0 where it has none of these sets whole, naming what is missing.
  FillInMiddle(const text::Tokenizer& tokenizer, double rate, uint64_t seed);

  // Is the document one of those? The seed and the document decide, and not where it stands.
  bool chooses(std::string_view document) const;

  // Its tokens: both cuts are drawn from the places between characters (and both ends), and each part is encoded by
  // itself, without looking for added tokens in it. The document is UTF-8.
  std::vector<int32_t> encode(std::string_view document) const;

 private:
  const text::Tokenizer& tokenizer_;
  double rate_;
  uint64_t seed_;
  int32_t begin_ = -1, hole_ = -1, end_ = -1;
};

}  // namespace millet::data
