#include "millet/text/conversation.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/io/jsonl.h"
#include "millet/text/chat_template.h"
#include "tests/core/test_data.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::tests;
using namespace millet::text;
using io::Json;

namespace {

// A directory with a tokenizer of bytes and this template.
struct Model {
  TemporaryDirectory folder;
  Tokenizer tokenizer;

  explicit Model(const std::string& source) : tokenizer(made(folder, source)) {}
  Conversation talk(const Json& tools = {}) const { return Conversation(tokenizer, folder.path(), tools); }

  static Tokenizer made(const TemporaryDirectory& folder, const std::string& source) {
    const std::vector<std::string> words{"<think>", "</think>"};
    Tokenizer::bytes(words).save(folder.path());
    io::write_file_atomically(folder / "chat_template.jinja", source);
    return Tokenizer::load(folder.path());
  }
};

const std::string kTurns = "{% for m in messages %}[{{ m.role }}|";
const std::string kEnd = "]{% endfor %}{% if add_generation_prompt %}[assistant|";

// As Qwen 3 has it.
const std::string kReadsReasoning =
    kTurns +
    "{% if m.reasoning_content %}<think>\n{{ m.reasoning_content }}\n</think>\n\n{% endif %}{{ m.content }}"
    "{% for t in m.tool_calls %}{{ '\n' }}<tool_call>\n{\"name\": \"{{ t.function.name }}\", \"arguments\": "
    "{{ t.function.arguments | tojson }}}\n</tool_call>{% endfor %}" +
    kEnd + "{% endif %}";
// As R1 has it.
const std::string kCutsThoughts = kTurns + "{{ m.content.split('</think>')[-1] }}" + kEnd + "<think>\n{% endif %}";

}  // namespace

TEST_CASE("thinking goes back as its template reads it") {
  const Model apart(kReadsReasoning);
  Conversation a = apart.talk();
  a.say("user", "2+2?");
  CHECK(a.ask().text == "[user|2+2?][assistant|");
  CHECK_FALSE(a.ask().in_thought);
  a.answer("<think>\nsum\n</think>\n\n4");
  CHECK(a.messages().at(1).at("reasoning_content").as_string() == "sum");
  CHECK(a.messages().at(1).at("content").as_string() == "4");
  CHECK(a.ask().text == "[user|2+2?][assistant|<think>\nsum\n</think>\n\n4][assistant|");

  const Model within(kCutsThoughts);
  Conversation b = within.talk();
  b.say("user", "2+2?");
  CHECK(b.ask().in_thought);
  b.answer("sum\n</think>\n\n4");
  CHECK(b.messages().at(1).at("content").as_string() == "<think>\nsum\n</think>\n\n4");
  CHECK_FALSE(b.messages().at(1).contains("reasoning_content"));
  CHECK(b.ask().text == "[user|2+2?][assistant|\n\n4][assistant|<think>\n");
  b.cut(1);
  b.ask();
  b.answer("cut o");
  CHECK(b.ask().text == "[user|2+2?][assistant|][assistant|<think>\n");

  const Model neither(kTurns + "{{ m.content }}" + kEnd + "{% endif %}");
  Conversation c = neither.talk();
  c.say("user", "2+2?");
  c.ask();
  c.answer("<think>sum</think>4");
  CHECK(c.ask().text == "[user|2+2?][assistant|<think>sum</think>4][assistant|");
}

TEST_CASE("calls go back as calls, and their results follow one by one") {
  const Model model(kReadsReasoning);
  Conversation talk = model.talk(Json::array({Json::object({{"type", "function"}})}));
  talk.say("user", "both");
  talk.ask();
  const std::string two =
      "\n<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\": 1}}\n</tool_call>"
      "\n<tool_call>\n{\"name\": \"g\", \"arguments\": {}}\n</tool_call>";
  talk.answer("Look:" + two);
  CHECK(talk.waiting() == std::vector<std::string>{"f", "g"});
  CHECK(talk.messages().at(1).at("tool_calls").size() == 2);
  talk.result("one");
  CHECK(talk.waiting() == std::vector<std::string>{"g"});
  talk.result("two");
  CHECK_THROWS_WITH_AS(talk.result("three"), doctest::Contains("no call waits"), Error);
  CHECK(talk.ask().text == "[user|both][assistant|Look:" + two + "][tool|one][tool|two][assistant|");
  CHECK(talk.messages().at(2).at("name").as_string() == "f");
}

TEST_CASE("calls that a template refuses or leaves out go back as they were written") {
  const std::string one = "<tool_call>\n{\"name\": \"f\", \"arguments\": {}}\n</tool_call>";
  for (const char* reads : {"{{ m.content }}", "{{ raise_exception('no calls') if m.tool_calls }}{{ m.content }}",
                            "{{ m.tool_calls[0].function.name if m.tool_calls else m.content }}"}) {
    const Model model(kTurns + "{# <tool_call> #}" + reads + kEnd + "{% endif %}");
    Conversation talk = model.talk();
    talk.say("user", "both");
    talk.ask();
    talk.answer(one + "\n" + one);
    CHECK(talk.waiting().size() == 2);
    CHECK(talk.ask().text == "[user|both][assistant|" + one + "\n" + one + "][assistant|");
  }
}

TEST_CASE("white space before a call stays what it was, and so does the order of what is said and called") {
  const Model model(kReadsReasoning);
  const std::string call = "<tool_call>\n{\"name\": \"f\", \"arguments\": {}}\n</tool_call>";
  for (const std::string& answer :
       {"Look:\n\n\n" + call, "Look: \n" + call, "\n\n" + call, "Look:\n" + call, call + "\nso\n" + call,
        "A\n" + call + "\nB", "Look:" + call, "<think>\nhm\n</think>\n\nLook:\n \n" + call}) {
    CAPTURE(answer);
    Conversation talk = model.talk();
    talk.say("user", "q");
    talk.ask();
    talk.answer(answer);
    CHECK(talk.waiting().front() == "f");
    const std::string written = talk.ask().text;
    const bool as_template_has_it = answer == "Look:" + call;  // which always breaks the line
    CHECK(written == "[user|q][assistant|" + (as_template_has_it ? "Look:\n" + call : answer) + "][assistant|");
  }
}

TEST_CASE("a template that takes no null beside calls is given an empty content") {
  std::string source = kReadsReasoning;
  source.replace(source.find("{{ m.content }}"), 15, "{{ m.content.lstrip('\n') }}");
  const Model model(source);
  Conversation talk = model.talk();
  talk.say("user", "q");
  talk.ask();
  talk.answer(
      "<think>\nhm\n</think>\n\n<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\": \"</think>\"}}\n</tool_call>");
  CHECK(talk.messages().at(1).contains("tool_calls"));
  CHECK(talk.ask().text.find("{\"x\": \"</think>\"}") != std::string::npos);
}

TEST_CASE("a template of its own for tools is taken where there are tools") {
  const Model model("unused");
  std::filesystem::remove(model.folder / "chat_template.jinja");
  io::write_file_atomically(model.folder / "tokenizer_config.json",
                            R"({"chat_template": [{"name": "default", "template": "plain"},
                                                  {"name": "tool_use", "template": "tools"}]})");
  CHECK(model.talk().ask().text == "plain");
  CHECK(model.talk(Json::array()).ask().text == "tools");
  CHECK_THROWS_WITH_AS(model.talk(Json::object()), doctest::Contains("array"), Error);
}

// Of every published template whose syntax is known: the turn that it writes for a message is what its model would have
// written. Taken as an answer it gives the prompt that the message gives.
TEST_CASE("an answer that a published template wrote comes back without loss") {
  if (!has_test_data("templates/rendered.jsonl") || !has_test_data("tokenizers/deepseek-v3")) return;
  const Tokenizer tokenizer = Tokenizer::load(kTestData / "tokenizers/deepseek-v3");
  io::JsonlReader reader(kTestData / "templates/rendered.jsonl");
  std::set<std::string> with_calls;
  int turns = 0, calls = 0;
  while (const auto line = reader.next()) {
    const Json& v = line->value;
    const std::filesystem::path file = kTestData /
                                       (v.at("template").as_string().ends_with(".jinja") ? "templates" : "") /
                                       v.at("template").as_string();
    if (ResponseSyntax::of(ChatTemplate::source(file)).tools == ToolSyntax::none) continue;
    const Json* tools = v.find("tools");
    Conversation talk(tokenizer, kTestData / "tokenizers/deepseek-v3", tools == nullptr ? Json() : *tools, file);
    const ChatTemplate chat = ChatTemplate::load(file);
    const Tokenizer& t = tokenizer;
    ChatOptions options{.add_generation_prompt = true,
                        .bos_token = std::string(t.bytes_of(*t.bos())),
                        .eos_token = std::string(t.bytes_of(*t.eos()))};
    if (tools != nullptr) options.tools = *tools;
    for (const Json& message : v.at("messages").items()) {
      const std::string& role = message.at("role").as_string();
      const bool text = message.at("content").is_string();
      if (role == "assistant") {
        Json all = talk.messages();
        std::string before, after;
        try {
          before = talk.ask().text;
          all.append(message);
          options.add_generation_prompt = false;
          after = chat.render(all, options);
        } catch (const Error&) {
          break;
        }
        // Some prompts open a thought, which no turn in the past has.
        if (const size_t opened = before.rfind("<think>\n"); opened != std::string::npos) before.resize(opened);
        size_t begin = static_cast<size_t>(
            std::mismatch(before.begin(), before.end(), after.begin(), after.end()).second - after.begin());
        std::string turn = after.substr(begin);
        for (const char* end : {"<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<｜end▁of▁sentence｜>"}) {
          if (const size_t at = turn.find(end); at != std::string::npos) turn.resize(at);
        }
        const bool has_calls = message.contains("tool_calls") && !message.at("tool_calls").is_null();
        if (has_calls && turn.find(message.at("tool_calls").at(size_t{0}).at("function").at("name").as_string()) ==
                             std::string::npos)
          break;
        // Behind the thought that the prompt opened.
        const bool in_thought = talk.ask().in_thought;
        talk.answer(in_thought ? "hm\n</think>" + turn : turn);
        CAPTURE(file.string());
        CAPTURE(turn);
        options.add_generation_prompt = true;
        CHECK(talk.ask().text == chat.render(all, options));
        ++turns;
        if (has_calls) {
          ++calls;
          with_calls.insert(file.filename().string());
          CHECK(talk.messages().at(talk.messages().size() - 1).contains("tool_calls"));
        }
        break;
      }
      if (!text) break;
      talk.say(role, message.at("content").as_string());
    }
  }
  CHECK(turns > 100);
  CHECK(calls > 30);
  CHECK(with_calls.size() == 8);
}
