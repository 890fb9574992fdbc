// Byte-pair encoding is learned: words begin as bytes, and the pair of neighbours that is most frequent becomes one
// token, again and again (Gage 1994; Sennrich, Haddow & Birch 2016).
//
//   WordCounter counter(PreTokenizer::read(&json), {"<eos>"});
//   counter.count(ctx, …);
//   const BpeMerges learned = train_bpe(counter.take(), {.tokens = 32'000});
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "millet/text/word_counter.h"

namespace millet::text {

// Which of several pairs that are equally frequent comes first.
enum class Ties : unsigned char {
  greater_bytes,  // the greater pair (bytes of the left token, bytes of the right token), compared byte by byte
  lower_ids,      // the lower pair of ids, those of bytes in the order of byte_level_character: as `tokenizers` does
};

struct BpeTrainerOptions {
  int32_t tokens = 0;  // how many, with the 256 of single bytes
  Ties ties = Ties::greater_bytes;
  std::function<void(int32_t tokens)> on_progress = {};  // now and then: how many there are
};

struct BpeMerges {
  std::vector<std::string> tokens;                  // by id; the first 256 are the bytes
  std::vector<std::pair<int32_t, int32_t>> merges;  // ids, in the order of learning
};

// Repeats: of the pairs of neighbouring tokens within words, counted as often as their words, take the most frequent;
// join it in every word from left to right; a new token unless there is one of these bytes. Ends with so many tokens,
// or earlier where no pair is left. The result depends on the counts alone: not on the order of the words, nor on the
// threads that counted them. Memory: about 50 bytes for each byte of the different words. Throws Error: fewer than 256
// or more than kMaxTokens tokens; four thousand million bytes of different words.
BpeMerges train_bpe(const WordCounts& words, const BpeTrainerOptions& options);

}  // namespace millet::text
