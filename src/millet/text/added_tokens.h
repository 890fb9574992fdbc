// Added tokens: words and marks that are one token each, whatever the vocabulary makes of their characters.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "millet/text/mark_guard.h"
#include "millet/text/normalizer.h"

namespace millet::text {

struct AddedToken {
  int32_t id = -1;
  std::string content;   // "<think>", "wait"
  bool special = false;  // decoding can skip it (<pad>, <bos>, <eos>), as Hugging Face means the word

  // How it is found, as `tokenizers` means the words.
  bool normalized = false;   // in the normalised text, and normalised itself; else in the text as it came
  bool single_word = false;  // only where no letter, digit or _ is its neighbour
  bool lstrip = false;       // with the white space before it
  bool rstrip = false;       // and after it

  // Marks steer a model: what is special, and what looks like a tag. DeepSeek writes <think> and <｜User｜> as tokens
  // that are not special, so that they can be seen; text from outside must not be able to make either. The others are
  // words.
  bool is_mark() const { return special || (content.size() > 2 && content.front() == '<' && content.back() == '>'); }
};

class AddedTokens {
 public:
  static constexpr size_t kLongest = 1024;  // bytes of a token

  // Throws Error: empty content, also when normalised, or longer than kLongest; the same content or id twice.
  explicit AddedTokens(std::vector<AddedToken> tokens = {}, const Normalizer& normalizer = {});

  const std::vector<AddedToken>& all() const { return tokens_; }
  const AddedToken* find(std::string_view content) const;
  const AddedToken* find(int32_t id) const;
  // What a token of all() is in a text: its content, normalised where it is so found.
  std::string_view spelling(const AddedToken& token) const {
    return spellings_[static_cast<size_t>(&token - tokens_.data())];
  }

  // Two passes find them all: tokens that are not normalised in the text as it came, then the others in what is left.
  enum class Pass : unsigned char { raw, normalized };
  bool has(Pass pass) const { return !finder(pass).sorted.empty(); }

  struct Match {
    size_t at = std::string_view::npos;
    const AddedToken* token = nullptr;
  };
  // The first added token in text[from, …), the longest where several begin at one place, as `tokenizers` finds them.
  // Marks are looked for only where `marks` says so.
  Match first_in(std::string_view text, size_t from, bool marks, Pass pass = Pass::raw) const;

  // A piece of a text: an added token, or what lies between two (`token` is null).
  struct Cut {
    size_t begin = 0;
    size_t end = 0;
    const AddedToken* token = nullptr;
  };
  // The text in pieces, none of them empty, by first_in and the tokens' rules. (A token that takes white space can
  // begin before the end of the one before, where that one took it, too.)
  std::vector<Cut> cut(std::string_view text, bool marks, Pass pass = Pass::raw, const MarkGuard& guard = {}) const;

 private:
  struct Finder {
    std::vector<size_t> sorted;          // places in tokens_, by spelling
    std::array<uint32_t, 257> begins{};  // by first byte: those in sorted[begins[b], begins[b + 1])
  };
  const Finder& finder(Pass pass) const { return pass == Pass::raw ? raw_ : normalized_; }
  void fill(Finder& finder);
  Match longest_at(const Finder& finder, std::string_view text, size_t at, bool marks) const;

  std::vector<AddedToken> tokens_;
  std::vector<std::string> spellings_;
  std::vector<size_t> by_content_;  // places in tokens_, sorted by content
  std::vector<size_t> by_id_;
  Finder raw_;
  Finder normalized_;
};

}  // namespace millet::text
