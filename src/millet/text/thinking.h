// The form of a response that thinks: <think>…</think><answer>…</answer> and the end of the sequence (DeepSeek-R1,
// §2.2).
//
// In token ids the tags are tokens. A tag that a model spells out in characters is text and counts for nothing, so that
// the form cannot be faked inside a thought or an answer. The splitting of plain text is for text that comes from
// elsewhere.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "millet/text/tokenizer.h"

namespace millet::text {

inline constexpr std::string_view kThink = "<think>";
inline constexpr std::string_view kThinkEnd = "</think>";
inline constexpr std::string_view kAnswer = "<answer>";
inline constexpr std::string_view kAnswerEnd = "</answer>";

// The four tags, to be handed to a tokenizer's builder.
std::vector<std::string> thinking_tags();

struct Response {
  // Exactly: <think>, thinking, </think>, <answer>, answer, </answer>, end. Thinking may be empty, the answer may not,
  // and neither holds a mark. Where the ids end without <eos> (a response that was cut off), this is false.
  bool well_formed = false;
  // What stands between the tags, as far as they are there: from the first opening tag to its closing tag or the end.
  std::string thinking;
  std::string answer;
  std::string other;  // what stands outside both
  bool has_thinking = false;
  bool has_answer = false;
};

// Of text in which the tags are spelled out. The end of the text is the end of the response.
Response split_response(std::string_view text);

// The same on ids, and the way to them. Knows its tokenizer's ids; the tokenizer must outlive it.
class ThinkingFormat {
 public:
  // Throws Error: the tokenizer lacks <bos>, <eos> or one of the tags.
  explicit ThinkingFormat(const Tokenizer& tokenizer);

  // <bos> and the prompt's tokens: what a model is given. Marks spelled out in the prompt stay characters.
  std::vector<int32_t> prompt(std::string_view prompt) const;

  // <think>thinking</think><answer>answer</answer><eos>: what it should answer.
  std::vector<int32_t> response(std::string_view thinking, std::string_view answer) const;

  // Ids that a model gave, from after the prompt on. What follows the first <eos> is ignored.
  Response split(std::span<const int32_t> ids) const;

  const Tokenizer& tokenizer() const { return tokenizer_; }
  int32_t bos() const { return bos_; }
  int32_t eos() const { return eos_; }
  int32_t think() const { return think_; }
  int32_t think_end() const { return think_end_; }
  int32_t answer() const { return answer_; }
  int32_t answer_end() const { return answer_end_; }

 private:
  const Tokenizer& tokenizer_;
  int32_t bos_, eos_, think_, think_end_, answer_, answer_end_;
};

}  // namespace millet::text
