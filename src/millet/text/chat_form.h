// Questions as chats: the question in an instruction, by the model's template; the response is a thought, where there
// is one between <think> and </think>, and the answer behind it.
#pragma once

#include <string>
#include <vector>

#include "millet/text/answer_form.h"
#include "millet/text/chat_prompt.h"

namespace millet::text {

// The instruction with the question in place of each {question}. Throws Error: it has none.
std::string instructed(std::string_view instruction, std::string_view question);

// Throws Error: a system message that has such a place; none is filled in there.
void check_system(std::string_view system);

struct ChatFormOptions {
  std::string instruction = "{question}";  // what the user says; {question} stands for the question
  std::string system;                      // what stands before, without the question; empty: nothing
  std::vector<int32_t> ends;               // tokens that end a response; at least one
};

class ChatForm final : public AnswerForm {
 public:
  // Throws Error: an instruction without {question}, a system message with it, no end token, a template that refuses
  // such a chat.
  ChatForm(ChatPrompt prompt, ChatFormOptions options);

  std::vector<int32_t> prompt(std::string_view question) const override;
  // Well formed: it ended, a thought that was begun was ended, and there is an answer.
  Response split(std::span<const int32_t> ids) const override;
  std::vector<int32_t> ends() const override { return options_.ends; }
  const Tokenizer& tokenizer() const override { return prompt_.tokenizer(); }

 private:
  ChatPrompt::Rendered ask(std::string_view question) const;

  ChatPrompt prompt_;
  ChatFormOptions options_;
  bool opens_thought_ = false;  // the prompt ends with <think>
};

}  // namespace millet::text
