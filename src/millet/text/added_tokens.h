// Added tokens: words and marks that are one token each, whatever the vocabulary makes of their characters.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millet::text {

struct AddedToken {
  int32_t id = -1;
  std::string content;   // "<think>", "wait"
  bool special = false;  // decoding can skip it (<pad>, <bos>, <eos>), as Hugging Face means the word

  // Marks steer a model: what is special, and what looks like a tag. DeepSeek writes <think> and <｜User｜> as tokens
  // that are not special, so that they can be seen; text from outside must not be able to make either. The others are
  // words.
  bool is_mark() const { return special || (content.size() > 2 && content.front() == '<' && content.back() == '>'); }
};

class AddedTokens {
 public:
  // Throws Error: empty content, the same content twice.
  explicit AddedTokens(std::vector<AddedToken> tokens = {});

  const std::vector<AddedToken>& all() const { return tokens_; }
  const AddedToken* find(std::string_view content) const;
  const AddedToken* find(int32_t id) const;

  struct Match {
    size_t at = std::string_view::npos;
    const AddedToken* token = nullptr;
  };
  // The first added token in text[from, …), the longest where several begin at one place, as `tokenizers` finds them.
  // Marks are looked for only where `marks` says so.
  Match first_in(std::string_view text, size_t from, bool marks) const;

 private:
  std::vector<AddedToken> tokens_;  // longest first
  std::vector<bool> begins_;        // by byte: some token's content begins so
};

}  // namespace millet::text
