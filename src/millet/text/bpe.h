// Byte-pair encoding of one word: its characters are joined, the pair of lowest rank first, until no pair is left that
// merges (Sennrich, Haddow & Birch 2016). The vocabulary and the merges are "model" of tokenizer.json.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "millet/text/merge_table.h"
#include "millet/text/token_index.h"

namespace millet::text {

struct BpeOptions {
  bool byte_level = false;  // words are bytes; the vocabulary is spelled in byte_level_character's
  bool byte_fallback =
      false;              // a character that has no token becomes the tokens "<0x..>" of its bytes, if all are there
  bool fuse_unk = false;  // neighbours that are unknown become one token
  bool ignore_merges = false;  // a word that is a token is that token, whatever the merges say
  std::string unk_token;       // for what else has no token; empty: it is left out
};

class Bpe {
 public:
  // Ids are by spelling, the merges in the order of their ranks; where one stands twice, the last counts. `marks` are
  // tokens that text must not become where encode() is told so. Throws Error: spellings or ids that are there twice, a
  // merge of tokens or into a token that the vocabulary lacks, an unk_token that it lacks.
  Bpe(const std::vector<std::pair<std::string, int32_t>>& vocabulary,
      const std::vector<std::pair<std::string_view, std::string_view>>& merges, BpeOptions options,
      const std::vector<int32_t>& marks = {});
  Bpe(const Bpe&) = delete;
  Bpe& operator=(const Bpe&) = delete;

  // Appends the ids of a word: for byte_level any bytes, else UTF-8. n bytes take n·log n steps.
  void encode(std::string_view word, bool marks, std::vector<int32_t>& ids) const;
  // Whether `marks` makes a difference for any word.
  bool can_make_marks() const { return can_make_marks_; }

  int32_t size() const { return static_cast<int32_t>(spellings_.size()); }  // one more than the highest id
  std::string_view spelling(int32_t id) const { return spellings_[static_cast<size_t>(id)]; }  // empty: no such token
  std::optional<int32_t> id_of(std::string_view spelling) const;
  const BpeOptions& options() const { return options_; }

  // In the order of ranks.
  std::vector<std::pair<int32_t, int32_t>> merges() const;

 private:
  void add_vocabulary(const std::vector<std::pair<std::string, int32_t>>& vocabulary);
  void add_merges(const std::vector<std::pair<std::string_view, std::string_view>>& merges);
  std::optional<int32_t> whole(std::string_view word) const;
  void append_bytes(std::string_view word, std::vector<int32_t>& symbols) const;
  void append_characters(std::string_view word, std::vector<int32_t>& symbols) const;
  const MergeTable::Merge* mergeable(int32_t left, int32_t right, bool marks) const;
  void merge_short(std::vector<int32_t>& symbols, size_t first, bool marks) const;
  void merge_long(std::vector<int32_t>& symbols, size_t first, bool marks) const;

  BpeOptions options_;
  std::vector<std::string> spellings_;  // by id
  TokenIndex ids_;                      // of spellings_
  std::array<int32_t, 256> bytes_{};    // byte_level: each byte's token; byte_fallback: "<0x..>"
  std::optional<int32_t> unk_;
  MergeTable merges_;
  std::vector<bool> is_mark_;  // by id
  bool can_make_marks_ = false;
};

}  // namespace millet::text
