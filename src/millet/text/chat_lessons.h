// A chat as what a model learns from it: the tokens that it will be given, and after each question the tokens that it
// should say, which alone are targets.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "millet/text/chat_prompt.h"

namespace millet::text {

struct Lesson {
  std::vector<int32_t> ids;
  std::vector<uint8_t> said;  // [ids]: 1 = the assistant's, its end token included
};

// One lesson for the whole chat where its template leaves earlier turns as they are, else one for each turn of the
// assistant, up to it: templates of models that think take old thoughts out.
//
// Each turn is cut as in answering: what the template writes before it, ending with its generation prompt, is encoded
// by itself, and what is said goes on from there. That is what the template writes of the turn, up to and with the
// last token in it that is special or one of `ends`; where the template does not write it whole (it takes the thought
// out), the turn's own text (a "reasoning_content" between <think> and </think> before it), and the first of `ends`.
// Where the generation prompt opens a thought and the turn has none, what is said stands where the template writes it,
// before any thought. The arguments of a call are an object or its JSON text, and the template is given the form that
// it can write. A turn with "weight": 0 (OpenAI's fine-tuning format) is given and not said; where the template writes
// no end behind an answer, the first of `ends` is put there. Throws Error: no turn of the assistant to learn, an empty
// one, one that calls a tool where the template does not write calls, or the template refuses the messages.
std::vector<Lesson> lessons(const ChatPrompt& prompt, const io::Json& messages, const ChatOptions& options,
                            std::span<const int32_t> ends);

}  // namespace millet::text
