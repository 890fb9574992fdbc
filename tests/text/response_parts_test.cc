#include "millet/text/response_parts.h"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <iterator>
#include <string>

#include "millet/core/rng.h"
#include "millet/io/file.h"
#include "millet/io/jsonl.h"
#include "millet/text/chat_template.h"
#include "tests/core/test_data.h"

using namespace millet;
using namespace millet::text;
using namespace millet::tests;
using Kind = ResponsePart::Kind;

namespace {

constexpr ResponseSyntax kR1{true, ToolSyntax::deepseek};
constexpr ResponseSyntax kQwen3{true, ToolSyntax::tags};
constexpr ResponseSyntax kLlama{false, ToolSyntax::llama};

// Thinking in (), content in [], a call's name and arguments in {}, marks left out.
std::string shown(const std::vector<ResponsePart>& parts) {
  std::string out;
  for (const ResponsePart& part : parts) {
    if (part.kind == Kind::thinking) out += "(" + part.raw + ")";
    if (part.kind == Kind::content) out += "[" + part.raw + "]";
    if (part.kind == Kind::call) out += "{" + part.call.name + " " + part.call.arguments + "}";
  }
  return out;
}

std::string split(std::string_view text, ResponseSyntax syntax, bool in_thought = false) {
  const std::vector<ResponsePart> parts = split_parts(text, syntax, in_thought);
  CHECK(join(parts) == text);
  return shown(parts);
}

// The text in pieces of random lengths, neighbours of one kind joined.
std::vector<ResponsePart> in_pieces(std::string_view text, ResponseSyntax syntax, bool in_thought, Rng& random) {
  ResponseSplitter splitter(syntax, in_thought);
  std::vector<ResponsePart> parts;
  auto take = [&](std::vector<ResponsePart> more) {
    for (ResponsePart& part : more) {
      if (part.kind != Kind::call && !parts.empty() && parts.back().kind == part.kind)
        parts.back().raw += part.raw;
      else
        parts.push_back(std::move(part));
    }
  };
  for (size_t at = 0; at < text.size();) {
    const auto length = static_cast<size_t>(1 + random.below(9));
    take(splitter.push(text.substr(at, length)));
    at += length;
  }
  take(splitter.finish());
  return parts;
}

}  // namespace

TEST_CASE("a thought stands before all else, the line breaks at its tags are the form's") {
  CHECK(split("<think>\na\nb\n</think>\n\nc\n", kR1) == "(a\nb)[c\n]");
  CHECK(split("a\n</think>\n\nc", kR1, true) == "(a)[c]");
  CHECK(split("<think>\n\n</think>\n\nc", kQwen3) == "[c]");
  CHECK(split(" \n<think>a</think>c<think>d</think>", kR1) == "(a)[c<think>d</think>]");
  CHECK(split("<think>a, cut off\n", kR1) == "(a, cut off\n)");
  CHECK(split("a</think>c", kR1) == "[a</think>c]");
  CHECK(split("<think>a</think>c", kLlama) == "[<think>a</think>c]");
  CHECK(split("<thin", kR1) == "[<thin]");
  CHECK(split("", kR1).empty());
}

TEST_CASE("calls of DeepSeek's, one or several, with content before them") {
  const std::string f = "<｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{\"x\": 1}\n```<｜tool▁call▁end｜>";
  const std::string g = "<｜tool▁call▁begin｜>g<｜tool▁sep｜>{}<｜tool▁call▁end｜>";
  const std::string open = "<｜tool▁calls▁begin｜>", close = "<｜tool▁calls▁end｜>";
  CHECK(split(open + f + close, kR1) == "{f {\"x\": 1}}");
  CHECK(split("<think>t</think>Look:\n\n" + open + f + "\n" + f + close + "\n", kR1) ==
        "(t)[Look:]{f {\"x\": 1}}{f {\"x\": 1}}");
  CHECK(split(open + g + g + close + "more", kR1) == "{g {}}{g {}}[more]");
  CHECK(split(f, kR1) == "{f {\"x\": 1}}");
  CHECK(split(open + "nothing" + close, kR1) == "[" + open + "nothing" + close + "]");
  CHECK(split(open + f + " and " + g, kR1) == "{f {\"x\": 1}}[ and]{g {}}");
  CHECK(split(open + f.substr(0, 50), kR1) == "[" + open + f.substr(0, 50) + "]");
  CHECK(split("<think>" + g + "</think>", kR1) == "(" + g + ")");
}

TEST_CASE("calls between tags") {
  const std::string f = "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\": 1}}\n</tool_call>";
  CHECK(split("<think>\nt\n</think>\n\n" + f, kQwen3) == "(t){f {\"x\": 1}}");
  CHECK(split("Look.\n" + f + "\n" + f + "\n", kQwen3) == "[Look.]{f {\"x\": 1}}{f {\"x\": 1}}");
  CHECK(split(f + "\n\nDone", kQwen3) == "{f {\"x\": 1}}[\n\nDone]");
  CHECK(split("<tool_call>" + f, kQwen3) == "[<tool_call>]{f {\"x\": 1}}");
  CHECK(split("<tool_call>\n{\"name\": \"f\"}\n</tool_call>", kQwen3) ==
        "[<tool_call>\n{\"name\": \"f\"}\n</tool_call>]");
  CHECK(split("a <tool_call> b", kQwen3) == "[a <tool_call> b]");
}

TEST_CASE("marks in a call's strings are text") {
  const std::string call =
      "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\": \"</tool_call> \\\" <tool_call>\"}}\n</tool_call>";
  const auto parts = split_parts("a\n" + call + "b", {.tools = ToolSyntax::tags});
  REQUIRE(parts.size() == 3);
  CHECK(parts[1].call.name == "f");
  CHECK(parts[1].raw == "\n" + call);
  // Where a string does not end, marks are marks.
  const std::string torn = "<tool_call>{\"name: 1}</tool_call>";
  const std::string good = "<tool_call>{\"name\": \"g\", \"arguments\": {}}</tool_call>";
  const auto after = split_parts(torn + torn + torn + good, {.tools = ToolSyntax::tags});
  REQUIRE(after.size() == 2);
  CHECK(after[0].raw == torn + torn + torn);
  CHECK(after[1].call.name == "g");
}

TEST_CASE("Llama's calls are all of a response or none of it") {
  const std::string f = R"({"name": "f", "parameters": {"x": 1}})";
  CHECK(split(f, kLlama) == "{f {\"x\": 1}}");
  CHECK(split("<|python_tag|>" + f + "; " + f, kLlama) == "{f {\"x\": 1}}{f {\"x\": 1}}");
  CHECK(split("Look: " + f, kLlama) == "[Look: " + f + "]");
  CHECK(split(f + " see", kLlama) == "[" + f + " see]");
  CHECK(split("{\"x\": 1}", kLlama) == "[{\"x\": 1}]");
}

TEST_CASE("whatever a model writes comes back byte for byte, and in any pieces the same parts come") {
  static constexpr std::string_view kParts[] = {
      "<think>",
      "</think>",
      "<think",
      "\n",
      "\n\n",
      " ",
      "a",
      "\u4f60",
      "<tool_call>",
      "</tool_call>",
      "<tool",
      R"({"name": "f", "arguments": {"x": 1}})",
      R"({"name": "f", "parameters": {}})",
      R"({"name":)",
      "{",
      "}",
      ";",
      "<｜tool▁calls▁begin｜>",
      "<｜tool▁calls▁end｜>",
      "<｜tool▁call▁begin｜>",
      "<｜tool▁call▁end｜>",
      "<｜tool▁sep｜>",
      "function",
      "f",
      "\n```json\n{\"x\": 2}\n```",
      "{}",
      "\"",
      "\\",
      "<tool_call>{\"name\": \"</tool_call>\", \"arguments\": {}}</tool_call>",
      "<|python_tag|>",
      "f.call(x=\"1\")",
      "\xE4\xBD",
      "\xFF",
      "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{}\n```<｜tool▁call▁end｜>",
      "<tool_call>\n{\"name\": \"g\", \"arguments\": {}}\n</tool_call>",
      "                                                                          ",
  };
  Rng random(1, "responses");
  int calls = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (int64_t left = random.below(14); left > 0; --left)
      text += kParts[random.below(static_cast<int64_t>(std::size(kParts)))];
    const ResponseSyntax syntax{random.below(2) == 0, static_cast<ToolSyntax>(random.below(4))};
    const bool in_thought = random.below(3) == 0;
    const std::vector<ResponsePart> parts = split_parts(text, syntax, in_thought);
    CAPTURE(text);
    REQUIRE(join(parts) == text);
    REQUIRE(in_pieces(text, syntax, in_thought, random) == parts);
    for (const ResponsePart& part : parts) calls += part.kind == Kind::call ? 1 : 0;
  }
  CHECK(calls > 1000);
}

TEST_CASE("a hostile text takes a moment") {
  for (const std::string_view part :
       {"<tool_call>", "<think>", " ", "\n", "<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>", "{", "<tool_call>{",
        "<", "<tool_call>\"", "<tool_call>\\\""}) {
    std::string text;
    while (text.size() < 300'000) text += part;
    for (const ResponseSyntax syntax : {kR1, kQwen3, kLlama}) {
      const auto start = std::chrono::steady_clock::now();
      ResponseSplitter splitter(syntax);
      size_t bytes = 0;
      for (size_t at = 0; at < text.size(); at += 3) {
        for (const ResponsePart& p : splitter.push(std::string_view(text).substr(at, 3))) bytes += p.raw.size();
      }
      for (const ResponsePart& p : splitter.finish()) bytes += p.raw.size();
      CHECK(bytes == text.size());
      CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
    }
  }
}

TEST_CASE("what a template writes says which syntax its model has") {
  CHECK(ResponseSyntax::of("") == ResponseSyntax{});
  CHECK(ResponseSyntax::of("{{ messages }}") == ResponseSyntax{});
  CHECK(ResponseSyntax::of("… '<tool_call>\\n' … content.split('</think>')") == kQwen3);
  if (!has_test_data("templates/rendered.jsonl")) return;
  auto of = [](const char* name) { return ResponseSyntax::of(io::read_file(kTestData / "templates" / name)); };
  CHECK(of("Qwen-Qwen2.5-7B-Instruct.jinja") == ResponseSyntax{false, ToolSyntax::tags});
  CHECK(of("NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use.jinja") == ResponseSyntax{false, ToolSyntax::tags});
  CHECK(of("deepseek-ai-DeepSeek-R1-Distill-Qwen-32B.jinja") == kR1);
  CHECK(of("llama-cpp-deepseek-r1.jinja") == kR1);
  CHECK(of("meta-llama-Llama-3.1-8B-Instruct.jinja") == kLlama);
  CHECK(of("meta-llama-Llama-3.2-3B-Instruct.jinja") == kLlama);
  CHECK(of("microsoft-Phi-3.5-mini-instruct.jinja") == ResponseSyntax{});
  CHECK(of("google-gemma-2-2b-it.jinja") == ResponseSyntax{});
  if (!has_test_data("tokenizers/deepseek-v3")) return;
  auto in = [](const char* name) {
    const std::filesystem::path directory = kTestData / "tokenizers" / name;
    return ResponseSyntax::in(directory, Tokenizer::load(directory));
  };
  CHECK(in("deepseek-v3").tools == ToolSyntax::deepseek);
  CHECK(in("deepseek-v4").tools == ToolSyntax::none);
  CHECK(in("llama-3") == ResponseSyntax{});
}

TEST_CASE("a turn with calls that a template wrote is split and written again the same") {
  if (!has_test_data("templates/rendered.jsonl")) return;
  io::JsonlReader reader(kTestData / "templates/rendered.jsonl");
  int turns = 0, same = 0;
  while (const auto line = reader.next()) {
    const io::Json& v = line->value;
    const std::string& name = v.at("template").as_string();
    const io::Json* rendered = v.find("rendered");
    if (!name.ends_with(".jinja") || rendered == nullptr || !rendered->is_string()) continue;
    const std::string source = io::read_file(kTestData / "templates" / name);
    const ResponseSyntax syntax = ResponseSyntax::of(source);
    if (syntax.tools == ToolSyntax::none) continue;
    const ChatTemplate chat(source);
    // The first turn with calls: what the template adds for it is what the model would have written.
    io::Json before = io::Json::array();
    for (const io::Json& message : v.at("messages").items()) {
      if (message.contains("tool_calls") && !message.at("tool_calls").is_null()) {
        ChatOptions options;
        if (const io::Json* tools = v.find("tools")) options.tools = *tools;
        options.bos_token = v.at("bos_token").as_string();
        options.eos_token = v.at("eos_token").as_string();
        std::tm day{};
        day.tm_year = 124, day.tm_mon = 6, day.tm_mday = 26;
        options.now = day;
        auto render = [&](const io::Json& turn) {
          io::Json all = before;
          all.append(turn);
          return chat.render(all, options);
        };
        std::string whole, prefix;
        try {
          whole = render(message);
          io::Json empty = io::Json::object({{"role", "assistant"}, {"content", "@@"}});
          prefix = render(empty);
        } catch (const Error&) {
          break;
        }
        const size_t begin = static_cast<size_t>(
            std::mismatch(whole.begin(), whole.end(), prefix.begin(), prefix.end()).first - whole.begin());
        std::string turn = whole.substr(begin);
        for (const char* end : {"<|im_end|>\n", "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<｜end▁of▁sentence｜>"}) {
          if (const size_t at = turn.find(end); at != std::string::npos) turn.resize(at);
        }
        // Some templates leave calls out beside content, or where there are several.
        const std::string& called = message.at("tool_calls").at(size_t{0}).at("function").at("name").as_string();
        if (turn.find(called) == std::string::npos) break;
        const std::vector<ResponsePart> parts = split_parts(turn, syntax);
        CAPTURE(name);
        CAPTURE(turn);
        CHECK(join(parts) == turn);
        ++turns;
        const io::Json again = assistant_message(parts, syntax);
        const bool equal = again.contains("tool_calls") && render(again) == whole;
        same += equal ? 1 : 0;
        CHECK(equal);
        break;
      }
      before.append(message);
    }
  }
  CHECK(turns > 30);
  CHECK(same == turns);
}

TEST_CASE("calls and thoughts of other people's data are split in every syntax") {
  if (!has_test_data("sft/glaive_toolcall_en_demo.json")) return;
  int calls = 0, read = 0;
  for (const char* file : {"sft/glaive_toolcall_en_demo.json", "sft/glaive_toolcall_zh_demo.json"}) {
    const io::Json rows = io::read_json(kTestData / file);
    for (const io::Json& row : rows.items()) {
      for (const io::Json& turn : row.at("conversations").items()) {
        if (turn.at("from").as_string() != "function_call") continue;
        const std::string& value = turn.at("value").as_string();
        const io::Json call = io::Json::parse(value);
        const std::string name = call.at("name").as_string(), arguments = call.at("arguments").dump();
        const std::string as_deepseek = "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>" + name +
                                        "\n```json\n" + arguments + "\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>";
        const std::string as_llama = R"({"name": ")" + name + R"(", "parameters": )" + arguments + "}";
        auto check = [&](const std::string& text, ResponseSyntax syntax) {
          const std::vector<ResponsePart> parts = split_parts(text, syntax);
          ++calls;
          read += join(parts) == text && parts[0].kind == Kind::call && parts[0].call.name == name &&
                          parts[0].call.parsed == call.at("arguments")
                      ? 1
                      : 0;
        };
        check("<tool_call>\n" + value + "\n</tool_call>", kQwen3);
        check(as_deepseek, kR1);
        check(as_llama, kLlama);
      }
    }
  }
  CHECK(calls > 1000);
  CHECK(read == calls);

  int thoughts = 0;
  io::JsonlReader reader(kTestData / "sft/reason_tool_use_demo_50.jsonl");
  while (const auto line = reader.next()) {
    for (const io::Json& message : line->value.at("messages").items()) {
      std::string thinking, content;
      if (message.at("role").as_string() != "assistant") continue;
      for (const io::Json& part : message.at("content").items()) {
        if (part.at("type").as_string() == "reasoning") thinking += part.at("value").as_string();
        if (part.at("type").as_string() == "text") content += part.at("value").as_string();
      }
      if (thinking.empty() || content.empty() || thinking.ends_with('\n') || thinking.starts_with('\n')) continue;
      ++thoughts;
      CHECK(split("<think>\n" + thinking + "\n</think>\n\n" + content, kQwen3) ==
            "(" + thinking + ")[" + content + "]");
    }
  }
  CHECK(thoughts > 20);
}
