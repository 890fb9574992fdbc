// A text file as windows of tokens: the first 90 % to train on, the last 10 % to validate.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "millet/data/source.h"
#include "millet/text/tokenizer.h"

namespace millet::data {

// A whole text file. Throws Error: it is missing, empty, or not UTF-8 (naming the offset of the first wrong byte).
std::string read_text(const std::filesystem::path& path);

// A text's tokens and where its validation part begins (floor of nine tenths).
struct Corpus {
  std::vector<int32_t> tokens;
  size_t validation_begin = 0;
  uint64_t fingerprint = 0;  // of all tokens

  // Throws Error: a character without a token, or a training part shorter than one window of context + 1 tokens.
  // `name` is what errors call the text.
  Corpus(std::string_view text, const text::Tokenizer& tokenizer, int64_t context, std::string_view name);
};

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
// that every token but the very first is a target exactly once; the last window may be shorter.
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
