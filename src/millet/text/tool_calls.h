// Tool calls as models write them: what a call looks like in a text, and what it says.
//
//   deepseek
//   <｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>NAME\n```json\nARGUMENTS\n```<｜tool▁call▁end｜>…
//             (R1, V3) or NAME<｜tool▁sep｜>ARGUMENTS between the same marks (V3.1), and <｜tool▁calls▁end｜> behind
//             the last
//   tags      <tool_call>\n{"name": NAME, "arguments": ARGUMENTS}\n</tool_call> (Hermes, Qwen 2.5, Qwen 3)
//   llama     {"name": NAME, "parameters": ARGUMENTS}, several with ; between them, and nothing beside
//   (Llama 3.1, 3.2);
//             behind <|python_tag|> also NAME.call(KEY="VALUE", …)
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millet/io/json.h"

namespace millet::text {

enum class ToolSyntax : unsigned char { none, deepseek, tags, llama };

struct ToolCall {
  std::string name;
  std::string arguments;  // as the model wrote them
  io::Json parsed;        // the same read: an object
  friend bool operator==(const ToolCall&, const ToolCall&) = default;
};

// What is read of a call: its text without the marks around it. Nothing where it is malformed: no name, or arguments
// that are no object of JSON. A string that holds one is one: templates are given such and write them so.
std::optional<ToolCall> read_tool_call(ToolSyntax syntax, std::string_view text);

// How the marks of a syntax stand around calls. Sections may be missing.
struct ToolMarks {
  std::string_view section_begin, call_begin, call_end, section_end;
};
ToolMarks tool_marks(ToolSyntax syntax);  // of deepseek and tags

inline constexpr std::string_view kPythonTag = "<|python_tag|>";

// The calls that a whole text is, by the syntax llama, each with the place where its text ends; what stands before it
// from the end of the one before is white space, a semicolon and the tag. Empty where it is anything else.
struct LlamaCall {
  size_t end = 0;
  ToolCall call;
};
std::vector<LlamaCall> read_llama_calls(std::string_view text);

}  // namespace millet::text
