#include "millet/data/corpus.h"

#include <algorithm>

#include "millet/core/error.h"
#include "millet/core/rng.h"
#include "millet/io/checksum.h"

namespace millet::data {
namespace {

class TokensInMemory final : public TokenStore {
 public:
  explicit TokensInMemory(std::vector<int32_t> tokens) : tokens_(std::move(tokens)) {}
  size_t size() const override { return tokens_.size(); }
  void copy(size_t begin, std::span<int32_t> to) const override {
    std::copy_n(tokens_.begin() + static_cast<ptrdiff_t>(begin), to.size(), to.begin());
  }

 private:
  std::vector<int32_t> tokens_;
};

// Documents as they come, until they are a corpus.
class Gathering {
 public:
  Gathering(const text::Tokenizer& tokenizer, const CorpusOptions& options, std::string_view name)
      : tokenizer_(tokenizer), options_(options), fim_(tokenizer, options.fim_rate, options.seed) {
    corpus_.name = name;
  }

  DocumentCounts& counts() { return corpus_.counts; }

  void add(std::string_view text) {
    const bool held_out = hold_out_.next(static_cast<int64_t>(text.size()));
    const bool fim = !held_out && fim_.chooses(text);
    try {
      const std::vector<int32_t> ids = fim ? document_ids(tokenizer_, text, fim_) : document_ids(tokenizer_, text);
      tokens_.insert(tokens_.end(), ids.begin(), ids.end());
    } catch (const Error& e) {
      throw e.within(corpus_.name);
    }
    corpus_.fim_documents += fim ? 1 : 0;
    ends_.push_back(tokens_.size());
    held_out_.push_back(held_out ? 1 : 0);
  }

  Corpus take() {
    require(!ends_.empty(), "{} is empty: there is nothing to learn from{}", corpus_.name, corpus_.counts.summary());
    require(ends_.size() == 1 || tokenizer_.eos().has_value(),
            "{} has {} documents, and the tokenizer no token to end them: give its tokenizer_config.json an eos_token",
            corpus_.name, ends_.size());
    const bool whole = ends_.size() > 1 && hold_out_.is_enough();
    require(whole || options_.fim_rate <= 0,
            "{}: fill-in-the-middle needs whole documents, and these are {}: give more (JSON lines, or a directory of "
            "texts), or fim_rate = 0",
            corpus_.name, ends_.size());
    corpus_.fingerprint = io::hash64(std::as_bytes(std::span(tokens_)), 0);
    if (whole) corpus_.fingerprint = io::hash64(std::as_bytes(std::span(held_out_)), corpus_.fingerprint);
    corpus_.tokens = std::make_unique<TokensInMemory>(std::move(tokens_));
    corpus_.token_bytes = bytes_of_tokens(tokenizer_);
    divide(corpus_, ends_, held_out_, whole, options_.context);
    return std::move(corpus_);
  }

 private:
  const text::Tokenizer& tokenizer_;
  CorpusOptions options_;
  FillInMiddle fim_;
  HoldOut hold_out_;
  Corpus corpus_;
  std::vector<int32_t> tokens_;
  std::vector<size_t> ends_;
  std::vector<uint8_t> held_out_;
};

std::vector<int32_t> ended(const text::Tokenizer& tokenizer, std::vector<int32_t> ids) {
  if (tokenizer.bos() && tokenizer.bos() != tokenizer.eos()) ids.insert(ids.begin(), *tokenizer.bos());
  if (tokenizer.eos()) ids.push_back(*tokenizer.eos());
  return ids;
}

}  // namespace

bool HoldOut::next(int64_t bytes) {
  constexpr int64_t kOneOf = 10;
  const int64_t block = documents_ / kOneOf, place = documents_ % kOneOf;
  ++documents_;
  all_ += bytes;
  if (Rng(0, "held out", static_cast<uint64_t>(block)).below(kOneOf) != place) return false;
  if ((held_out_ + bytes) * 20 > all_ * 3) return false;
  held_out_ += bytes;
  return true;
}

std::vector<int32_t> document_ids(const text::Tokenizer& tokenizer, std::string_view text) {
  return ended(tokenizer, tokenizer.encode(text));
}

std::vector<int32_t> document_ids(const text::Tokenizer& tokenizer, std::string_view text, const FillInMiddle& fim) {
  return fim.chooses(text) ? ended(tokenizer, fim.encode(text)) : document_ids(tokenizer, text);
}

void Spans::add(size_t begin, size_t end) {
  if (begin >= end) return;
  const bool joined = !begins_.empty() && begins_.back() + (size_ - firsts_.back()) == begin;
  if (!joined) {
    begins_.push_back(begin);
    firsts_.push_back(size_);
  }
  size_ += end - begin;
}

void Spans::copy(const TokenStore& store, size_t at, std::span<int32_t> to) const {
  auto span = static_cast<size_t>(std::upper_bound(firsts_.begin(), firsts_.end(), at) - firsts_.begin()) - 1;
  while (!to.empty()) {
    const size_t end = span + 1 < firsts_.size() ? firsts_[span + 1] : size_;
    const size_t n = std::min(to.size(), end - at);
    store.copy(begins_[span] + (at - firsts_[span]), to.first(n));
    to = to.subspan(n);
    at += n;
    ++span;
  }
}

io::Json Corpus::to_json() const {
  io::Json json = io::Json::object({{"tokens", tokens->size()},
                                    {"training_tokens", training.size()},
                                    {"validation_tokens", validation.size()},
                                    {"fim_documents", fim_documents}});
  const io::Json read = counts.to_json();
  for (const auto& [key, value] : read.members()) json[key] = value;
  return json;
}

void Corpus::tell(Log& log) const {
  log.info("{}: {} documents, {} bytes, {} tokens to train on, {} held out{}", name, counts.documents, counts.bytes,
           training.size(), validation.size(),
           fim_documents > 0 ? fmt::format("; {} with their middle last", fim_documents) : "");
  counts.tell(log);
}

void divide(Corpus& corpus, std::span<const size_t> ends, std::span<const uint8_t> held_out, bool whole,
            int64_t context) {
  size_t begin = 0;
  for (size_t i = 0; i < ends.size(); ++i) {
    const size_t n = ends[i] - begin;
    if (whole) {
      (held_out[i] != 0 ? corpus.validation : corpus.training).add(begin, ends[i]);
    } else {
      // Floor of nine tenths, in whole numbers: in floating point 0.9 · n can fall on either side.
      const size_t cut = begin + n / 10 * 9 + n % 10 * 9 / 10;
      corpus.training.add(begin, cut);
      corpus.validation.add(cut, ends[i]);
    }
    begin = ends[i];
  }
  require(static_cast<int64_t>(corpus.training.size()) > context && corpus.validation.size() >= 2,
          "{} is too short: its training part, 90 % of {} tokens, is less than one window of data.context + 1 = {} "
          "tokens. Lower data.context or take a longer text",
          corpus.name, corpus.tokens->size(), context + 1);
}

std::vector<int32_t> bytes_of_tokens(const text::Tokenizer& tokenizer) {
  std::vector<int32_t> bytes(static_cast<size_t>(tokenizer.vocab_size()));
  for (int32_t id = 0; id < tokenizer.vocab_size(); ++id) {
    const text::AddedToken* const added = tokenizer.added(id);
    if (added == nullptr || !added->is_mark())
      bytes[static_cast<size_t>(id)] = static_cast<int32_t>(tokenizer.bytes_of(id).size());
  }
  return bytes;
}

Corpus read_corpus(const std::filesystem::path& path, const text::Tokenizer& tokenizer, const CorpusOptions& options) {
  Gathering gathering(tokenizer, options, path.string());
  const std::vector<DocumentFile> files = document_files(path, gathering.counts());
  read_documents(files, options.key, gathering.counts(), [&](const Document& document) {
    gathering.add(document.text);
    return true;
  });
  return gathering.take();
}

Corpus corpus_of_text(std::string_view text, const text::Tokenizer& tokenizer, const CorpusOptions& options,
                      std::string_view name) {
  Gathering gathering(tokenizer, options, name);
  gathering.counts().documents = 1;
  gathering.counts().bytes = static_cast<int64_t>(text.size());
  gathering.add(text);
  return gathering.take();
}

}  // namespace millet::data
