#include "millet/text/tool_calls.h"

#include <doctest/doctest.h>

#include <string>

using namespace millet;
using namespace millet::text;

static std::string said(const std::optional<ToolCall>& call) {
  return call ? call->name + " " + call->arguments + " " + call->parsed.dump() : "none";
}

TEST_CASE("a call between tags is an object with a name and arguments") {
  auto read = [](std::string_view text) { return said(read_tool_call(ToolSyntax::tags, text)); };
  CHECK(read("\n{\"name\": \"f\", \"arguments\": {\"x\":  1.0, \"y\": [\"}\"]}}\n") ==
        R"(f {"x":  1.0, "y": ["}"]} {"x":1.0,"y":["}"]})");
  CHECK(read(R"({"arguments": {}, "id": 7, "name": "f"})") == "f {} {}");
  CHECK(read(R"({"name": "f", "parameters": {"a": null}})") == R"(f {"a": null} {"a":null})");
  CHECK(read(R"({"name": "f", "arguments": "{\"x\": 1}"})") == R"(f "{\"x\": 1}" {"x":1})");
  CHECK(read(R"({"x": {"name": "g"}, "name": "f", "arguments": {"name": "h", "arguments": 1}})") ==
        R"(f {"name": "h", "arguments": 1} {"name":"h","arguments":1})");
  for (const char* malformed :
       {"", "{}", "f", R"({"name": "f"})", R"({"name": "", "arguments": {}})", R"({"name": 1, "arguments": {}})",
        R"({"name": "f", "arguments": 1})", R"({"name": "f", "arguments": "x"})", R"({"name": "f", "arguments": {})",
        R"([{"name": "f", "arguments": {}}])", R"({"name": "f", "arguments": {}} {})", R"({'name': 'f'})"})
    CHECK(read(malformed) == "none");
}

TEST_CASE("DeepSeek's calls are read in the form of R1 and V3 and in that of V3.1") {
  auto read = [](std::string_view text) { return said(read_tool_call(ToolSyntax::deepseek, text)); };
  CHECK(read("function<｜tool▁sep｜>f\n```json\n{\"x\": 1}\n```") == R"(f {"x": 1} {"x":1})");
  CHECK(read("f<｜tool▁sep｜>{\"x\": 1}") == R"(f {"x": 1} {"x":1})");
  CHECK(read("f<｜tool▁sep｜>{}") == "f {} {}");
  CHECK(read("function<｜tool▁sep｜>f\n```json\n{\"x\": 1}```") == "none");
  CHECK(read("function<｜tool▁sep｜>f\n```json\n{\"x\": }\n```") == "none");
  CHECK(read("other<｜tool▁sep｜>f\n```json\n{}\n```") == "none");
  CHECK(read("<｜tool▁sep｜>{}") == "none");
  CHECK(read("f {}") == "none");
}

TEST_CASE("Llama's calls are a whole text") {
  auto read = [](std::string_view text) {
    std::string out;
    for (const LlamaCall& call : read_llama_calls(text)) out += std::to_string(call.end) + " " + said(call.call) + "\n";
    return out;
  };
  CHECK(read(R"({"name": "f", "parameters": {"x": 1}})") == "37 f {\"x\": 1} {\"x\":1}\n");
  CHECK(read(R"( {"name": "f", "parameters": {}}; {"name": "g", "parameters": {}}
)") == "32 f {} {}\n65 g {} {}\n");
  CHECK(read(R"(<|python_tag|>{"name": "f", "parameters": {}})") == "45 f {} {}\n");
  CHECK(read(R"(<|python_tag|>search.call(query="a b", n="2"))") ==
        "45 search query=\"a b\", n=\"2\" {\"query\":\"a b\",\"n\":\"2\"}\n");
  for (const char* none :
       {"", "Hi", R"({"name": "f", "parameters": {}} and so)", R"({"x": 1})", "<|python_tag|>print(1)",
        R"({"name": "f", "parameters": {}};)", R"(search.call(query="a"))", "<|python_tag|>f.call(x=1)",
        R"(<|python_tag|>f.call(x="1",))", R"({"name": "f", "parameters": {})"})
    CHECK(read(none).empty());
}
