// What a model wrote, in its parts: thinking, content, tool calls; as it comes, and put together again byte for byte.
//
// The syntax is what the model's directory shows, never its name. Whatever is malformed is content: a call that does
// not end, arguments that are no JSON, a thought in the middle. Special tokens that end a turn are not expected in the
// text.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millet/io/json.h"
#include "millet/text/tokenizer.h"
#include "millet/text/tool_calls.h"

namespace millet::text {

struct ResponseSyntax {
  bool thinks = false;  // <think>…</think> may stand before all else
  ToolSyntax tools = ToolSyntax::none;
  friend bool operator==(const ResponseSyntax&, const ResponseSyntax&) = default;

  // By what a chat template writes and reads (its source; empty: there is none), else by the tokenizer's added tokens.
  static ResponseSyntax of(std::string_view chat_template, const Tokenizer* tokenizer = nullptr);
  // Of a model's directory: its chat templates, the one for tools among them, and its tokenizer.
  static ResponseSyntax in(const std::filesystem::path& directory, const Tokenizer& tokenizer);
};

struct ResponsePart {
  enum class Kind : unsigned char { thinking, content, call, mark };
  Kind kind = Kind::content;
  std::string raw;  // its bytes in the text. Of thinking and content that is what they say
  ToolCall call;    // of a call
  friend bool operator==(const ResponsePart&, const ResponsePart&) = default;
};

// Splits a text as it comes. Whatever pieces it comes in, the parts are the same but for where thinking and content are
// cut, and their bytes in order are the text's. What may be the beginning of a mark or a call waits until it is
// decided.
class ResponseSplitter {
 public:
  // in_thought: the prompt ended with <think>, so the text begins inside.
  explicit ResponseSplitter(ResponseSyntax syntax, bool in_thought = false);

  // The parts that have become certain.
  std::vector<ResponsePart> push(std::string_view piece);
  std::vector<ResponsePart> finish();

 private:
  enum class Where : unsigned char { begin, thought_begins, thought, thought_ended, content };
  void run(bool final);
  bool begin(bool final);
  bool thought(bool final);
  bool newlines(bool final, Where next);
  bool content(bool final);
  bool llama(bool final);
  size_t plain_call_end(size_t begin) const;
  std::optional<size_t> call_end(size_t begin, bool final);
  bool call_at(size_t at, bool final);
  bool section_end();
  std::string_view rest() const { return std::string_view(buffer_).substr(at_); }
  void emit(ResponsePart::Kind kind, size_t bytes, ToolCall call = {});

  ResponseSyntax syntax_;
  ToolMarks marks_;
  Where where_;
  std::string buffer_;  // what is not decided begins at at_
  size_t at_ = 0;
  size_t searched_ = 0;                    // so far behind at_ there is no end of the call that begins there …
  bool quoted_ = false, escaped_ = false;  // … and a string is open, a backslash stands before what comes
  bool ignores_quotes_ = false;
  bool after_call_ = false;
  bool in_section_ = false;
  std::vector<ResponsePart> out_;
};

// Of a whole text; neighbours of one kind are one.
std::vector<ResponsePart> split_parts(std::string_view text, ResponseSyntax syntax, bool in_thought = false);
std::string join(const std::vector<ResponsePart>& parts);

// A message as chat templates take it: {"role": "assistant", "content", "reasoning_content"?, "tool_calls"?}. Content
// is null where there are calls alone; arguments are text for deepseek, whose templates add strings, else objects.
io::Json assistant_message(const std::vector<ResponsePart>& parts, ResponseSyntax syntax);

}  // namespace millet::text
