// A conversation with a model that has a chat template: what people say goes in, the prompt of the next answer comes
// out, and an answer is put back in the parts that the template expects.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millet/io/json.h"
#include "millet/text/chat_prompt.h"
#include "millet/text/response_parts.h"
#include "millet/text/tokenizer.h"

namespace millet::text {

class Conversation {
 public:
  // The tokenizer must outlive it. `tools`: an array as OpenAI has them, or null; the directory's template for tools is
  // taken where there are some. `template_file` as ChatPrompt has it. Throws Error: there is no chat template.
  Conversation(const Tokenizer& tokenizer, const std::filesystem::path& directory, io::Json tools = {},
               const std::filesystem::path& template_file = {});

  // How its model's answers are written. A thought is looked for in any model's, as chat_form does.
  ResponseSyntax syntax() const { return syntax_; }

  // "system" or "user".
  void say(std::string_view role, std::string_view text);
  // What the first of the calls that wait gave: a message of the tool. The next is said once none waits.
  void result(std::string_view text);
  const std::vector<std::string>& waiting() const { return waiting_; }  // names of the calls

  struct Prompt {
    std::vector<int32_t> ids;
    std::string text;         // the same, as `transformers` would write it
    bool in_thought = false;  // it ends with <think>: the answer begins inside a thought
  };
  // The prompt of the next answer. Throws Error where the template refuses the messages.
  Prompt ask();

  // What the model wrote behind the last prompt, taken in parts and added as its turn:
  // - thinking as "reasoning_content" where the template reads that, else at the head of the content as it was written,
  //   where templates without it look for </think>; beside calls such a template has no use for it
  // - calls as "tool_calls". Where the template refuses them or leaves one out (Llama 3.1 takes a single one, R1 none
  //   beside content), or the model went on behind them, the turn is the text as it was written
  void answer(std::string_view text);

  const io::Json& messages() const { return messages_; }
  // Forgets all but the first `size` messages.
  void cut(size_t size);

 private:
  io::Json turn_of(const std::vector<ResponsePart>& parts) const;
  std::optional<std::string> written(const io::Json& turn) const;
  bool keeps_calls(const io::Json& turn) const;
  void share_spaces(const std::vector<ResponsePart>& parts, io::Json& turn) const;

  ChatPrompt prompt_;
  ChatOptions options_;
  ResponseSyntax syntax_;
  bool reads_reasoning_ = false;  // "reasoning_content"
  bool cuts_thoughts_ = false;    // looks for </think> in the content
  std::string opening_;           // "<think>" and what stands behind it in the last prompt, or ""
  std::vector<std::string> waiting_;
  io::Json messages_ = io::Json::array();
};

}  // namespace millet::text
