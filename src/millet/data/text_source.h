// A corpus as windows of tokens. Documents follow one another in them, and a window begins and ends anywhere: attention
// is not masked between documents, as in DeepSeek-V3's pre-training (§4.1).
#pragma once

#include <memory>
#include <string_view>

#include "millet/data/corpus.h"
#include "millet/data/source.h"

namespace millet::data {

// Windows of context + 1 tokens of the training part, every token but the first scored.
//
// The stream runs through epochs. Each epoch cuts the part anew, beginning at a random phase, and visits its windows in
// a keyed pseudo-random order: nothing is seen twice within an epoch, and every cut comes up over many.
class TextWindows final : public Source {
 public:
  // `name` keeps the streams of several texts apart.
  TextWindows(std::shared_ptr<const Corpus> corpus, int64_t context, uint64_t seed, std::string_view name);

  Example at(uint64_t index) const override;
  uint64_t fingerprint() const override;
  uint64_t windows_per_epoch() const { return windows_; }

 private:
  std::shared_ptr<const Corpus> corpus_;  // shared with the validation windows of the same text
  size_t context_;
  uint64_t seed_;
  uint64_t name_;
  uint64_t windows_;
  uint64_t phases_;  // an epoch begins at one of so many tokens
};

// The validation part from its first token to its last in consecutive windows. Each overlaps the next by one token, so
// that every token but the very first is a target exactly once; the last window may be shorter. Its examples know their
// bytes, for bits per byte.
class ValidationWindows final : public Source {
 public:
  ValidationWindows(std::shared_ptr<const Corpus> corpus, int64_t context);

  Example at(uint64_t index) const override;
  std::optional<uint64_t> size() const override;

 private:
  std::shared_ptr<const Corpus> corpus_;  // shared with the training windows of the same text
  size_t context_;
};

}  // namespace millet::data
