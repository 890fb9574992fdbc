#include "millet/text/chat_template.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <string>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/io/jsonl.h"
#include "tests/core/test_data.h"
#include "tests/io/temporary_directory.h"
#include "tests/text/jinja.h"

using namespace millet;
using namespace millet::text;

namespace fs = std::filesystem;

namespace {

io::Json messages() {
  return io::Json::parse(R"([{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hey"}])");
}

// A directory with these files.
struct Directory {
  explicit Directory(std::initializer_list<std::pair<std::string, std::string>> files) {
    for (const auto& [name, text] : files) io::write_file_atomically(temporary / name, text);
  }
  TemporaryDirectory temporary;
  const fs::path& path = temporary.path();
};

}  // namespace

TEST_CASE("published templates render as Jinja renders them, byte for byte, and refuse what it refuses") {
  if (!tests::has_test_data("templates/rendered.jsonl")) return;
  const fs::path data = tests::kTestData;
  const fs::path vectors = data / "templates/rendered.jsonl";
  std::map<std::string, ChatTemplate> templates;
  int lines = 0, refused = 0;
  std::tm now{};
  now.tm_year = 2024 - 1900;
  now.tm_mon = 6;
  now.tm_mday = 26;
  for (io::JsonlReader reader(vectors); const auto line = reader.next();) {
    const io::Json& json = line->value;
    const std::string name = json.at("template").as_string();
    if (!templates.contains(name)) {
      const fs::path folder = name.starts_with("tokenizers/") ? data : data / "templates";
      templates.emplace(name, ChatTemplate::load(folder / name));
    }
    CAPTURE(line->number);
    CAPTURE(name);
    const ChatOptions options{.tools = json.at("tools"),
                              .add_generation_prompt = json.at("add_generation_prompt").as_bool(),
                              .bos_token = json.at("bos_token").as_string(),
                              .eos_token = json.at("eos_token").as_string(),
                              .now = now};
    if (const io::Json* rendered = json.find("rendered")) {
      CHECK(templates.at(name).render(json.at("messages"), options) == rendered->as_string());
    } else {
      CHECK_THROWS_AS(templates.at(name).render(json.at("messages"), options), Error);
      ++refused;
    }
    ++lines;
  }
  CHECK(lines == 452);
  CHECK(refused == 91);
}

TEST_CASE("a template sees messages, tools, tokens and what else it is given") {
  const ChatTemplate chat(
      "{{ bos_token }}{% for m in messages %}<{{ m.role }}>{{ m['content'] }}{{ eos_token }}{% endfor %}"
      "{% if add_generation_prompt %}<assistant>{% endif %}{{ tools }}|{{ documents }}|{{ mood }}");
  CHECK(chat.render(messages()) == "<user>Hi<assistant>HeyNone|None|");
  CHECK(chat.render(messages(), {.tools = io::Json::parse(R"([{"name": "f"}])"),
                                 .add_generation_prompt = true,
                                 .bos_token = "^",
                                 .eos_token = "$",
                                 .extra = io::Json::parse(R"({"mood": 1.0, "documents": [true]})")}) ==
        "^<user>Hi$<assistant>Hey$<assistant>[{'name': 'f'}]|[True]|1.0");
}

TEST_CASE("an error names the template's line") {
  CHECK_THROWS_WITH_AS(ChatTemplate("a\n{% if x %}\n"),
                       "chat template: line 2: the block that begins here has no 'endif'", Error);
  CHECK_THROWS_WITH_AS(ChatTemplate("a\n\n{{ raise_exception('no ' ~ 'system') }}").render(messages()),
                       "chat template: line 3: no system", Error);
}

TEST_CASE("a directory's template is in chat_template.jinja or in tokenizer_config.json") {
  {
    const Directory both{{"chat_template.jinja", "file"}, {"tokenizer_config.json", R"({"chat_template": "config"})"}};
    CHECK(ChatTemplate::load(both.path).render(messages()) == "file");
  }
  {
    const Directory named{{"tokenizer_config.json",
                           R"({"chat_template": [{"name": "default", "template": "plain"},
                                                  {"name": "tool_use", "template": "tools"}]})"}};
    CHECK(ChatTemplate::load(named.path).render(messages()) == "plain");
    CHECK(ChatTemplate::load(named.path, "tool_use").render(messages()) == "tools");
    CHECK(ChatTemplate::load(named.path, "rag").render(messages()) == "plain");
  }
  const Directory none{{"tokenizer_config.json", "{}"}};
  CHECK_THROWS_AS(ChatTemplate::load(none.path), Error);
}

TEST_CASE("whatever a template says, it ends soon, in bounded memory, with an error that names the bound") {
  auto refusal = [](const std::string& source) {
    try {
      const size_t size =
          ChatTemplate(source).render(messages(), {.limits = {.bytes = 1 << 26, .output_bytes = 1 << 20}}).size();
      return "rendered " + std::to_string(size) + " bytes";
    } catch (const Error& error) {
      return std::string(error.what());
    }
  };
  auto names = [&](const std::string& source, std::string_view bound) {
    const std::string said = refusal(source);
    CAPTURE(source.substr(0, 80));
    CAPTURE(said);
    CHECK(said.find(bound) != std::string::npos);
  };
  names("{% set r = range(9999) %}{% for a in r %}{% for b in r %}{% endfor %}{% endfor %}", "steps");
  names("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "nested more than");
  names("{{ 'a' * 1000000000 }}", "strings and lists of more than");
  names("{% for i in range(100000) %}{{ 'abcdefghijklmnop' }}{% endfor %}", "writes more than");
  names("{{ range(100001) }}", "range of more than");
  names("{% set ns = namespace(x=[]) %}{% for i in range(5000) %}{% set ns.x = [ns.x] %}{% endfor %}", "levels deep");
  names("{% set ns = namespace(x=[]) %}{% for i in range(5000) %}{% set ns.x = ns.x|map('upper') %}{% endfor %}",
        "levels deep");
  names("{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        "strings and lists of more than");
  names("{{ 'a'.center(100000000000) }}", "padded too far");
  names("{{ '%999999999d' % 1 }}", "larger than");
  names("{{ strftime_now('%999999999Y') }}", "too long a text");
  names("{% set p = range(2000)|map('string')|list %}{{ namespace(dict(p|map('list'))) }}", "pairs");
  names(
      "{% set ns = namespace(x=(1,)) %}{% for i in range(99) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}{{ {ns.x: 1} "
      "}}",
      "is no key");
  names("{{ ('%99999d' * 9999) % ((1,) * 9999) }}", "strings and lists of more than");
  names(std::string(1 << 18, 'a') + "b", "is too long");
  names("{{ " + std::string(5000, '(') + "1" + std::string(5000, ')') + " }}", "nested");
  names(
      "{{ 1" + std::string(5000, ' ') +
          [] {
            std::string terms;
            for (int i = 0; i < 5000; ++i) terms += "+1";
            return terms;
          }() +
          " }}",
      "levels deep");
  std::string blocks;
  for (int i = 0; i < 5000; ++i) blocks += "{% if 1 %}";
  names(blocks, "nested");
  // What holds itself is let go, and printing it ends.
  names("{% set ns = namespace() %}{% set ns.me = ns %}{{ ns }}", "nested more than");
  names("{% set ns = namespace() %}{% set ns.me = ns %}{% set ns.all = [ns, range, loop] %}ok", "rendered 2 bytes");
  names(
      "{% set ns = namespace(all=[]) %}{% for i in range(50) %}{% set ns.all = ns.all + [loop] %}"
      "{% if loop.changed(loop, ns) %}{% endif %}{% endfor %}ok",
      "rendered 2 bytes");
}

TEST_CASE("a template reaches no further than its data") {
  CHECK(jinja_says("{{ ''.__class__ }}|{{ [].append }}|{{ {}.update }}|{{ namespace().__init__ }}") == "|||");
  CHECK(jinja_says("{{ ''.__class__.__mro__ }}") ==
        "error: access to attribute '__class__' of 'str' object is unsafe.");
  CHECK(jinja_says("{{ [].append(1) }}") == "error: access to attribute 'append' of 'list' object is unsafe.");
  CHECK(jinja_says("{% include 'other' %}") == "error: a chat template stands alone, it cannot include another");
}
