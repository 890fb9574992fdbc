#include "millet/data/text_source.h"

#include <algorithm>

#include "millet/core/error.h"
#include "millet/data/permutation.h"

namespace millet::data {

static Example window(const Corpus& corpus, const Spans& part, size_t begin, size_t end) {
  Example e;
  e.tokens.resize(end - begin);
  part.copy(*corpus.tokens, begin, e.tokens);
  e.scored.assign(e.tokens.size(), 1);
  e.scored[0] = 0;
  return e;
}

// One window less than fits, the same number in every epoch, so that an index tells its epoch; the phase has the room
// that is left, so that the first token and the last one come up as well. Where a part holds one window only, it is
// that one.
TextWindows::TextWindows(std::shared_ptr<const Corpus> corpus, int64_t context, uint64_t seed, std::string_view name)
    : corpus_(std::move(corpus)), context_(static_cast<size_t>(context)), seed_(seed), name_(random_key(0, name).key) {
  const size_t targets = corpus_->training.size() - 1;
  windows_ = std::max<uint64_t>(targets / context_, 2) - 1;
  phases_ = targets - windows_ * context_ + 1;
}

Example TextWindows::at(uint64_t index) const {
  const uint64_t epoch = index / windows_;
  const auto phase =
      static_cast<uint64_t>(Rng(seed_, "epoch's phase", name_, epoch).below(static_cast<int64_t>(phases_)));
  const uint64_t place = permuted(index % windows_, windows_, random_key(seed_, "epoch's order", name_, epoch));
  const size_t begin = phase + place * context_;
  return window(*corpus_, corpus_->training, begin, begin + context_ + 1);
}

uint64_t TextWindows::fingerprint() const {
  return with(Source::fingerprint(), corpus_->fingerprint);
}

ValidationWindows::ValidationWindows(std::shared_ptr<const Corpus> corpus, int64_t context)
    : corpus_(std::move(corpus)), context_(static_cast<size_t>(context)) {}

std::optional<uint64_t> ValidationWindows::size() const {
  const size_t targets = corpus_->validation.size() - 1;
  return (targets + context_ - 1) / context_;
}

Example ValidationWindows::at(uint64_t index) const {
  require(index < *size(), "window {} of the validation part is asked for, it has {}", index, *size());
  const size_t begin = index * context_;
  Example e = window(*corpus_, corpus_->validation, begin, std::min(begin + context_ + 1, corpus_->validation.size()));
  for (size_t i = 1; i < e.tokens.size(); ++i) e.bytes += corpus_->token_bytes[static_cast<size_t>(e.tokens[i])];
  return e;
}

}  // namespace millet::data
