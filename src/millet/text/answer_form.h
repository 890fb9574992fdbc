// How a question is put to a model and its response is read: in tags (text/thinking), or as a chat (text/chat_form).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "millet/text/tokenizer.h"

namespace millet::text {

struct Response {
  // The response has the whole form that is wanted, and was not cut off.
  bool well_formed = false;
  // As far as they are there.
  std::string thinking;
  std::string answer;
  std::string other;  // what stands outside both
  bool has_thinking = false;
  bool has_answer = false;
};

class AnswerForm {
 public:
  virtual ~AnswerForm() = default;

  // What a model is given. Marks spelled out in the question stay characters.
  virtual std::vector<int32_t> prompt(std::string_view question) const = 0;
  // Ids that a model gave, from after the prompt on; what follows the first end token is ignored.
  virtual Response split(std::span<const int32_t> ids) const = 0;
  virtual std::vector<int32_t> ends() const = 0;  // tokens that end a response
  virtual const Tokenizer& tokenizer() const = 0;
};

}  // namespace millet::text
