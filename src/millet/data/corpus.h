// A corpus as tokens: documents one after another, each to train on or held out to validate.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "millet/data/documents.h"
#include "millet/data/fill_in_middle.h"
#include "millet/text/tokenizer.h"

namespace millet::data {

// Which documents are held out, told one after another: of each ten one, whatever its size and its text, at a random
// place that is the same in every corpus. Only one with which more than 15 % of the bytes so far would be held out is
// not, so that a large one never tips the scale.
class HoldOut {
 public:
  bool next(int64_t bytes);
  // Of few documents (less than a twentieth of the bytes could be held out) none is: the last tenth of each validates.
  bool is_enough() const { return held_out_ * 20 >= all_; }

 private:
  int64_t documents_ = 0, all_ = 0, held_out_ = 0;
};

// Ids of a document as it is packed: <bos> where the tokenizer has one that is not its <eos>, the text without looking
// for added tokens in it, <eos> where it has one.
std::vector<int32_t> document_ids(const text::Tokenizer& tokenizer, std::string_view text);
// The same, with prefix, suffix and middle where `fim` chooses it.
std::vector<int32_t> document_ids(const text::Tokenizer& tokenizer, std::string_view text, const FillInMiddle& fim);

// Where tokens lie: in memory, or in files that are mapped.
class TokenStore {
 public:
  virtual ~TokenStore() = default;
  virtual size_t size() const = 0;
  virtual void copy(size_t begin, std::span<int32_t> to) const = 0;  // begin + to.size() ≤ size()
};

// Stretches of a store as if they were one.
class Spans {
 public:
  void add(size_t begin, size_t end);  // joined with the one before where they touch
  size_t size() const { return size_; }
  size_t count() const { return begins_.size(); }
  void copy(const TokenStore& store, size_t at, std::span<int32_t> to) const;

 private:
  std::vector<size_t> begins_, firsts_;  // in the store; of all spans
  size_t size_ = 0;
};

struct Corpus {
  std::string name;  // what errors call it
  std::unique_ptr<TokenStore> tokens;
  Spans training, validation;
  uint64_t fingerprint = 0;          // of all tokens, and of which part they are in
  std::vector<int32_t> token_bytes;  // [vocab_size] of text that a token stands for; special ones stand for none
  DocumentCounts counts;
  int64_t fim_documents = 0;

  // {"tokens", "training_tokens", "validation_tokens", "fim_documents"} and the counts.
  io::Json to_json() const;
  // How much there is, in a line, and what was wrong with it.
  void tell(Log& log) const;
};

struct CorpusOptions {
  int64_t context = 0;  // the training part must hold a window of context + 1 tokens
  std::string key = "text";
  double fim_rate = 0;
  uint64_t seed = 0;  // of fill-in-the-middle
};

// Reads and encodes a file or a directory (data/documents.h). Throws Error: nothing to read in it; several documents
// and a tokenizer without <eos>; a training part shorter than a window; fill-in-the-middle where no whole document is
// held out; what read_documents, FillInMiddle and the tokenizer refuse.
Corpus read_corpus(const std::filesystem::path& path, const text::Tokenizer& tokenizer, const CorpusOptions& options);

// The same of one text, as a corpus of one document.
Corpus corpus_of_text(std::string_view text, const text::Tokenizer& tokenizer, const CorpusOptions& options,
                      std::string_view name);

// Divides documents that end at `ends` into both parts; held_out[i] counts only where `whole` says so, else the last
// tenth of each is held out. Throws Error: too short (see above). For corpora of any store.
void divide(Corpus& corpus, std::span<const size_t> ends, std::span<const uint8_t> held_out, bool whole,
            int64_t context);

std::vector<int32_t> bytes_of_tokens(const text::Tokenizer& tokenizer);

}  // namespace millet::data
