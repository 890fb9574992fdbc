#include "millet/text/chat_lessons.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "tests/core/test_data.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::tests;
using io::Json;
using text::Lesson;

// A tokenizer of bytes with marks, and a template.
struct Model {
  TemporaryDirectory folder;
  text::Tokenizer tokenizer;
  std::optional<text::ChatPrompt> prompt;
  std::vector<int32_t> ends;

  explicit Model(std::string_view chat_template)
      : tokenizer(text::Tokenizer::bytes(std::vector<std::string>{"<think>", "</think>"})) {
    tokenizer.save(folder.path());
    io::write_file_atomically(folder / "chat_template.jinja", std::string(chat_template));
    prompt.emplace(tokenizer, folder.path());
    ends = {*tokenizer.eos()};
  }

  std::vector<Lesson> lessons(const char* messages) const {
    return text::lessons(*prompt, Json::parse(messages), {}, ends);
  }
  // The text with what is said in brackets.
  std::string shown(const Lesson& lesson) const {
    std::string out;
    for (size_t i = 0; i < lesson.ids.size(); ++i) {
      const bool before = i > 0 && lesson.said[i - 1] != 0, here = lesson.said[i] != 0;
      if (here && !before) out += "[";
      if (!here && before) out += "]";
      out += tokenizer.bytes_of(lesson.ids[i]);
    }
    return out + (lesson.said.back() != 0 ? "]" : "");
  }
};

static constexpr std::string_view kPlain =
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'assistant' %}A:{{ m.content }}{{ eos_token }}\n{% else %}"
    "U:{{ m.content }}\n{% endif %}{% endfor %}{% if add_generation_prompt %}A:{% endif %}";

TEST_CASE("what the assistant says is said, its end token included; nothing else is") {
  const Model m(kPlain);
  const auto one = m.lessons(R"([{"role": "user", "content": "q"}, {"role": "assistant", "content": "a <eos>"}])");
  REQUIRE(one.size() == 1);
  CHECK(m.shown(one[0]) == "<bos>U:q\nA:[a <eos><eos>]");
  CHECK(one[0].ids.back() == m.ends[0]);
  CHECK(std::count(one[0].ids.begin(), one[0].ids.end(), m.ends[0]) == 1);

  const auto two = m.lessons(R"([{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"},
                                 {"role": "user", "content": "r"}, {"role": "assistant", "content": "b"}])");
  REQUIRE(two.size() == 1);
  CHECK(m.shown(two[0]) == "<bos>U:q\nA:[a<eos>]\nU:r\nA:[b<eos>]");
}

TEST_CASE("where a template takes old thoughts out, each turn is a lesson of its own, its thought whole") {
  // Thoughts are taken out of every turn, and the generation prompt opens one, as R1's does.
  const Model m(
      "{{ bos_token }}{% for m in messages %}{% if m.role == 'assistant' %}A:{{ m.content.split('</think>')[-1] }}"
      "{{ eos_token }}{% else %}U:{{ m.content }}{% endif %}{% endfor %}"
      "{% if add_generation_prompt %}A:<think>\n{% endif %}");
  const auto lessons =
      m.lessons(R"([{"role": "user", "content": "q"}, {"role": "assistant", "content": "<think>\nhm</think>a"},
                    {"role": "user", "content": "r"}, {"role": "assistant", "content": "b"}])");
  REQUIRE(lessons.size() == 2);
  CHECK(m.shown(lessons[0]) == "<bos>U:qA:<think>\n[hm</think>a<eos>]");
  CHECK(m.shown(lessons[1]) == "<bos>U:qA:a<eos>U:rA:[b<eos>]");  // without a thought, as the template writes it
  CHECK(std::count(lessons[0].ids.begin(), lessons[0].ids.end(), *m.tokenizer.id_of("</think>")) == 1);
}

TEST_CASE("a thought that is given apart stands before the answer") {
  const Model m(kPlain);
  const auto lessons = m.lessons(
      R"([{"role": "user", "content": "q"}, {"role": "assistant", "content": "a", "reasoning_content": "hm"}])");
  REQUIRE(lessons.size() == 1);
  CHECK(m.shown(lessons[0]) == "<bos>U:q\nA:[<think>\nhm\n</think>\n\na<eos>]");
}

TEST_CASE("a chat may begin with the assistant, also where the template looks at the first message") {
  const std::string source = "{% if messages[0].role == 'system' %}S{% endif %}" + std::string(kPlain);
  const Model m(source);
  const auto lessons = m.lessons(R"([{"role": "assistant", "content": "hello"}, {"role": "user", "content": "q"},
                                     {"role": "assistant", "content": "a"}])");
  CHECK(m.shown(lessons.at(0)) == "<bos>A:[hello<eos>]\nU:q\nA:[a<eos>]");
}

TEST_CASE("a chat without an answer teaches nothing") {
  const Model m(kPlain);
  CHECK_THROWS_WITH_AS(m.lessons(R"([{"role": "user", "content": "q"}])"),
                       doctest::Contains("has no turn of the assistant"), Error);
  CHECK_THROWS_WITH_AS(m.lessons(R"([{"role": "user", "content": "q"}, {"role": "assistant", "content": " \n"}])"),
                       doctest::Contains("turn 2 of the chat is the assistant's and empty"), Error);
}

TEST_CASE("a call that the template does not write is no lesson, neither is one that stands in no answer") {
  static constexpr const char* kChat = R"([{"role": "user", "content": "q"}, {"role": "assistant", "content": null,
      "tool_calls": [{"type": "function", "function": {"name": "f", "arguments": {"x": 1}}}]},
      {"role": "tool", "content": "3"}, {"role": "assistant", "content": "three"}])";
  static constexpr const char* kRefused =
      "turn 2 of the chat calls a tool, and the chat template does not write that as an answer";
  const Model knows_none(kPlain);
  CHECK_THROWS_WITH_AS(knows_none.lessons(kChat), doctest::Contains(kRefused), Error);

  static constexpr std::string_view kCalls =
      "{% for m in messages %}{% if m.role == 'assistant' %}A:{{ m.content or '' }}{% for c in m.tool_calls or [] %}"
      "call {{ c.function.name }}{% endfor %}{{ eos_token }}\n{% else %}U:{{ m.content }}\n{% endif %}{% endfor %}"
      "{% if add_generation_prompt %}A:{% endif %}";
  const Model knows(kCalls);
  const auto lessons = knows.lessons(kChat);
  REQUIRE(lessons.size() == 1);
  CHECK(knows.shown(lessons[0]) == "U:q\nA:[call f<eos>]\nU:3\nA:[three<eos>]");

  // Its generation prompt opens a thought that it does not write before a call: the call stands where it is written,
  // and a thought of the chat's own before it.
  std::string thinks(kCalls);
  thinks.replace(thinks.rfind("A:"), 2, "A:<think>\n");
  const Model opens(thinks);
  CHECK(opens.shown(opens.lessons(kChat).at(0)) == "U:q\nA:[call f<eos>]\nU:3\nA:[three<eos>]");
  std::string thought(kChat);
  thought.replace(thought.find("\"content\": null"), 15, "\"content\": null, \"reasoning_content\": \"hm\"");
  CHECK(opens.shown(opens.lessons(thought.c_str()).at(0)) == "U:q\nA:<think>\n[hm\n</think>\n\ncall f<eos>]");
  CHECK(knows.shown(knows.lessons(thought.c_str()).at(0)) == "U:q\nA:[<think>\nhm\n</think>\n\ncall f<eos>]");
  CHECK_THROWS_WITH_AS(knows_none.lessons(thought.c_str()), doctest::Contains(kRefused), Error);
}

TEST_CASE("beside calls a template is given the null or the empty content that it writes calls for") {
  static constexpr std::string_view kTurns =
      "{{% for m in messages %}}{{% if m.role == 'assistant' %}}A:{}{{{{ eos_token }}}}{{% else %}}U:{{{{ m.content "
      "}}}}\n"
      "{{% endif %}}{{% endfor %}}{{% if add_generation_prompt %}}A:{{% endif %}}";
  for (const char* reads :
       {"{% if m.content is none %}{{ m.tool_calls[0].function.name }}{% else %}{{ m.content }}{% endif %}",
        "{{ m.content + m.tool_calls[0].function.name }}"}) {
    for (const char* content : {"null", "\"\""}) {
      CAPTURE(reads);
      CAPTURE(content);
      const Model m(fmt::format(fmt::runtime(kTurns), reads));
      const std::string chat = fmt::format(R"([{{"role": "user", "content": "q"}}, {{"role": "assistant", "content": {},
          "tool_calls": [{{"type": "function", "function": {{"name": "f", "arguments": {{}}}}}}]}}])",
                                           content);
      CHECK(m.shown(m.lessons(chat.c_str()).at(0)) == "U:q\nA:[f<eos>]");
    }
  }
}

TEST_CASE("the arguments of a call, an object or its text, are written as the template can write them") {
  const auto said = [](std::string_view written, const char* arguments) {
    const Model m(
        fmt::format("{{% for m in messages %}}{{% if m.role == 'assistant' %}}A:{{% for c in m.tool_calls %}}"
                    "{{{{ {} }}}}{{% endfor %}}{{{{ eos_token }}}}{{% else %}}U:{{{{ m.content }}}}\n"
                    "{{% endif %}}{{% endfor %}}{{% if add_generation_prompt %}}A:{{% endif %}}",
                    written));
    const Json messages = Json::parse(fmt::format(
        R"([{{"role": "user", "content": "q"}}, {{"role": "assistant", "content": null,
            "tool_calls": [{{"type": "function", "function": {{"name": "f", "arguments": {}}}}}]}}])",
        arguments));
    return m.shown(text::lessons(*m.prompt, messages, {}, m.ends).at(0));
  };
  for (const char* written : {"c.function.arguments | tojson", "'' + c.function.arguments"}) {
    CAPTURE(written);
    CHECK(said(written, R"({"x": "é"})") == "U:q\nA:[{\"x\": \"é\"}<eos>]");
    CHECK(said(written, R"("{\"x\": \"é\"}")") == "U:q\nA:[{\"x\": \"é\"}<eos>]");
  }
  CHECK(said("c.function.arguments", R"("no JSON")") == "U:q\nA:[no JSON<eos>]");
}

TEST_CASE("an answer ends, also where the template writes no end, and its role's mark is none") {
  const Model plain(
      "{% for m in messages %}{{ m.role }}:{{ m.content }}\n{% endfor %}"
      "{% if add_generation_prompt %}assistant:{% endif %}");
  static constexpr const char* kTwo = R"([{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"},
                                          {"role": "user", "content": "r"}, {"role": "assistant", "content": "b"}])";
  const auto apart = plain.lessons(kTwo);  // an end between them is none of the template's text
  REQUIRE(apart.size() == 2);
  CHECK(plain.shown(apart[0]) == "user:q\nassistant:[a\n<eos>]");
  CHECK(plain.shown(apart[1]) == "user:q\nassistant:a\nuser:r\nassistant:[b\n<eos>]");

  const Model marked("{% for m in messages %}{{ bos_token }}{{ m.role }}:{{ m.content }}{% endfor %}");
  CHECK(marked.shown(marked.lessons(kTwo).at(0)) == "<bos>user:q[<bos>assistant:a<eos>]");
}

TEST_CASE("a turn of no weight is given and not learned") {
  const Model m(kPlain);
  const auto lessons = m.lessons(R"([{"role": "user", "content": "q"},
      {"role": "assistant", "content": "a", "weight": 0}, {"role": "user", "content": "r"},
      {"role": "assistant", "content": "b", "weight": 1}])");
  REQUIRE(lessons.size() == 1);
  CHECK(m.shown(lessons[0]) == "<bos>U:q\nA:a<eos>\nU:r\nA:[b<eos>]");
  CHECK_THROWS_WITH_AS(
      m.lessons(R"([{"role": "user", "content": "q"}, {"role": "assistant", "content": "a", "weight": 0}])"),
      doctest::Contains("with a weight above 0"), Error);
}

// The words of a chat, and that the given part is what answering would give.
TEST_CASE("published templates: prompts are those of answering, answers are whole") {
  for (const char* name : {"qwen2", "deepseek-v3"}) {
    if (!has_test_data(std::string("tokenizers/") + name)) return;
    CAPTURE(name);
    const std::filesystem::path directory = kTestData / "tokenizers" / name;
    const text::Tokenizer tokenizer = text::Tokenizer::load(directory);
    const text::ChatPrompt prompt(tokenizer, directory);
    const Json messages = Json::parse(R"([{"role": "user", "content": "1+1?"},
        {"role": "assistant", "content": "It is 2."}, {"role": "user", "content": "And\n2+2?"},
        {"role": "assistant", "content": "It is 4."}])");
    const std::vector<int32_t> ends = {tokenizer.eos().value()};
    const auto lessons = text::lessons(prompt, messages, {}, ends);
    REQUIRE(lessons.size() == 1);
    std::vector<std::vector<int32_t>> said;
    for (size_t i = 0; i < lessons[0].ids.size(); ++i) {
      if (lessons[0].said[i] == 0) continue;
      if (lessons[0].said[i - 1] == 0) said.emplace_back();
      said.back().push_back(lessons[0].ids[i]);
    }
    REQUIRE(said.size() == 2);
    CHECK(tokenizer.decode(said[0], {.skip_special = true}) == "It is 2.");
    CHECK(tokenizer.decode(said[1], {.skip_special = true}) == "It is 4.");
    for (const auto& ids : said) CHECK(tokenizer.added(ids.back()) != nullptr);

    text::ChatOptions ask;
    ask.add_generation_prompt = true;
    const Json first = Json::array({messages.at(size_t{0})});
    const std::vector<int32_t> asked = prompt.render(first, ask).ids;
    CHECK(std::equal(asked.begin(), asked.end(), lessons[0].ids.begin()));
    REQUIRE(lessons[0].ids.size() > asked.size());
    CHECK(lessons[0].said[asked.size()] == 1);
  }
}
