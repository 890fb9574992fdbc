#include "millet/data/text_source.h"

#include <algorithm>
#include <span>

#include "millet/core/error.h"
#include "millet/data/permutation.h"
#include "millet/io/checksum.h"
#include "millet/io/file.h"
#include "millet/io/utf8.h"

namespace millet::data {

std::string read_text(const std::filesystem::path& path) {
  std::error_code unseen;  // told when it is read
  const std::filesystem::file_status there = std::filesystem::status(path, unseen);
  require(!std::filesystem::exists(there) || std::filesystem::is_directory(there) ||
              std::filesystem::is_regular_file(there),
          "{} is no regular file: a run that goes on reads its text again, write it into a file", path.string());
  std::string text = io::read_file(path);
  require(!text.empty(), "{} is empty: there is nothing to learn from", path.string());
  const size_t bad = io::invalid_utf8(text);
  require(bad == std::string::npos,
          "{} is not UTF-8: byte {} (0x{:02X}) is part of no character. Convert it, as with "
          "`iconv -f latin1 -t utf-8`",
          path.string(), bad, static_cast<unsigned char>(text[bad == std::string::npos ? 0 : bad]));
  return text;
}

Corpus::Corpus(std::string_view text, const text::Tokenizer& tokenizer, int64_t context, std::string_view name) {
  try {
    tokens = tokenizer.encode(text);
  } catch (const Error& e) {
    throw e.within(name);
  }
  fingerprint = io::hash64(std::as_bytes(std::span(tokens)), 0);
  // Floor of nine tenths, in whole numbers: in floating point 0.9 · n can fall on either side.
  validation_begin = tokens.size() / 10 * 9 + tokens.size() % 10 * 9 / 10;
  require(static_cast<int64_t>(validation_begin) > context && tokens.size() - validation_begin >= 2,
          "{} is too short: its training part, 90 % of {} tokens, is less than one window of data.context + 1 = {} "
          "tokens. Lower data.context or take a longer text",
          name, tokens.size(), context + 1);
}

static Example window(const Corpus& corpus, size_t begin, size_t end) {
  Example e;
  e.tokens.assign(corpus.tokens.begin() + static_cast<ptrdiff_t>(begin),
                  corpus.tokens.begin() + static_cast<ptrdiff_t>(end));
  e.scored.assign(e.tokens.size(), 1);
  e.scored[0] = 0;
  return e;
}

// One window less than fits, the same number in every epoch, so that an index tells its epoch; the phase has the room
// that is left, so that the first token and the last one come up as well. Where a part holds one window only, it is
// that one.
TextWindows::TextWindows(std::shared_ptr<const Corpus> corpus, int64_t context, uint64_t seed, std::string_view name)
    : corpus_(std::move(corpus)), context_(static_cast<size_t>(context)), seed_(seed), name_(random_key(0, name).key) {
  const size_t targets = corpus_->validation_begin - 1;
  windows_ = std::max<uint64_t>(targets / context_, 2) - 1;
  phases_ = targets - windows_ * context_ + 1;
}

Example TextWindows::at(uint64_t index) const {
  const uint64_t epoch = index / windows_;
  const auto phase =
      static_cast<uint64_t>(Rng(seed_, "epoch's phase", name_, epoch).below(static_cast<int64_t>(phases_)));
  const uint64_t place = permuted(index % windows_, windows_, random_key(seed_, "epoch's order", name_, epoch));
  const size_t begin = phase + place * context_;
  return window(*corpus_, begin, begin + context_ + 1);
}

uint64_t TextWindows::fingerprint() const {
  return with(Source::fingerprint(), corpus_->fingerprint);
}

ValidationWindows::ValidationWindows(std::shared_ptr<const Corpus> corpus, int64_t context)
    : corpus_(std::move(corpus)), context_(static_cast<size_t>(context)) {}

std::optional<uint64_t> ValidationWindows::size() const {
  const size_t targets = corpus_->tokens.size() - corpus_->validation_begin - 1;
  return (targets + context_ - 1) / context_;
}

Example ValidationWindows::at(uint64_t index) const {
  require(index < *size(), "window {} of the validation part is asked for, it has {}", index, *size());
  const size_t begin = corpus_->validation_begin + index * context_;
  return window(*corpus_, begin, std::min(begin + context_ + 1, corpus_->tokens.size()));
}

}  // namespace millet::data
