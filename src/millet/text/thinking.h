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

#include "millet/text/answer_form.h"

namespace millet::text {

inline constexpr std::string_view kThink = "<think>";
inline constexpr std::string_view kThinkEnd = "</think>";
inline constexpr std::string_view kAnswer = "<answer>";
inline constexpr std::string_view kAnswerEnd = "</answer>";

// The four tags, to be handed to a tokenizer's builder.
std::vector<std::string> thinking_tags();

// Of text in which the tags are spelled out. The end of the text is the end of the response.
Response split_response(std::string_view text);

// The same on ids, and the way to them. Knows its tokenizer's ids; the tokenizer must outlive it.
class ThinkingFormat final : public AnswerForm {
 public:
  // Throws Error: the tokenizer lacks <bos>, <eos> or one of the tags.
  explicit ThinkingFormat(const Tokenizer& tokenizer);

  // <bos> and the prompt's tokens: what a model is given. Marks spelled out in the prompt stay characters.
  std::vector<int32_t> prompt(std::string_view prompt) const override;

  // <think>thinking</think><answer>answer</answer><eos>: what it should answer.
  std::vector<int32_t> response(std::string_view thinking, std::string_view answer) const;

  // Well formed is exactly: <think>, thinking, </think>, <answer>, answer, </answer>, end. Thinking may be empty, the
  // answer may not, and neither holds a mark. Where the ids end without <eos> (a response that was cut off), it is not.
  // What stands between the tags is from the first opening tag to its closing tag or the end.
  Response split(std::span<const int32_t> ids) const override;
  std::vector<int32_t> ends() const override { return {eos_}; }

  const Tokenizer& tokenizer() const override { return tokenizer_; }
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
