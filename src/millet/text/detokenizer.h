// Ids → text as they come: never half a character, and never past a stop string.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "millet/text/tokenizer.h"

namespace millet::text {

struct DetokenizerOptions {
  bool skip_special = true;        // leave out <pad>, <bos>, <eos>
  std::vector<int32_t> shown;      // special tokens that are not left out, though the others are
  std::vector<std::string> stops;  // strings at which the text ends; none may be empty
};

// The texts that push() and finish() give, one after another, are Tokenizer::decode of the ids up to the first stop
// string, whatever the borders of tokens. The first stop is the one that ends first; among those that end at the same
// place, the longest.
class Detokenizer {
 public:
  // The tokenizer must outlive it. Throws Error: an empty stop string.
  explicit Detokenizer(const Tokenizer& tokenizer, DetokenizerOptions options = {});

  // The text that this id makes certain. An unfinished character, and what may be the beginning of a stop string, is
  // kept for later. After a stop it gives nothing.
  std::string push(int32_t id);

  // What was kept, at the end of the ids. An unfinished character becomes U+FFFD.
  std::string finish();

  bool stopped() const { return !stop_.empty(); }
  const std::string& stop() const { return stop_; }  // the stop string that was found, or ""

 private:
  std::string accept(std::string_view text);

  const Tokenizer& tokenizer_;
  DetokenizerOptions options_;
  Decoder::State state_;  // an unfinished character
  std::string kept_;      // text that may begin a stop string
  std::string stop_;
};

}  // namespace millet::text
