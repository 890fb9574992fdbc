#include "millet/text/chat_template.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <ctime>
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

#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
constexpr double kSlowest = 1;  // seconds, with a tenth of the usual steps
#else
constexpr double kSlowest = 20;
#endif

io::Json messages() {
  return io::Json::parse(R"([{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hey"}])");
}

// A directory with these files.
struct Directory {
  explicit Directory(std::initializer_list<std::pair<std::string, std::string>> files) {
    for (const auto& [name, text] : files) {
      fs::create_directories((temporary / name).parent_path());
      io::write_file_atomically(temporary / name, text);
    }
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

TEST_CASE("a template by name stands in a folder of its own, before the directory's others") {
  const Directory d({{"chat_template.jinja", "plain"},
                     {"additional_chat_templates/tool_use.jinja", "tools"},
                     {"tokenizer_config.json", R"({"chat_template": "old"})"}});
  CHECK(ChatTemplate::source(d.path) == "plain");
  CHECK(ChatTemplate::source(d.path, "tool_use") == "tools");
  CHECK(ChatTemplate::source(d.path, "rag") == "plain");
}

TEST_CASE("a template finds thoughts by the names that transformers gives them") {
  const ChatTemplate chat(
      "{% for m in messages %}{{ m.reasoning_content }}|{{ m.thinking }}|{{ m.reasoning }};{% endfor %}");
  CHECK(chat.render(io::Json::parse(R"([{"reasoning": "a"}, {"thinking": "b"}, {"reasoning_content": "c"}, {}])")) ==
        "a|a|a;b|b|;c|c|;||;");
  CHECK(chat.render(io::Json::parse(R"([{"reasoning": "a", "thinking": "b", "reasoning_content": null}])")) ==
        "b|b|a;");
}

TEST_CASE("a template sees the other special tokens of its directory") {
  const io::Json config = io::Json::parse(
      R"({"pad_token": {"content": "<pad>"}, "unk_token": null, "extra_special_tokens": {"image_token": "<image>"}})");
  const ChatTemplate chat("{{ pad_token }}{{ image_token }}{{ unk_token is defined }}");
  CHECK(chat.render(messages(), {.tokens = further_tokens(config)}) == "<pad><image>False");
  CHECK(chat.render(messages(), {.tokens = further_tokens(config), .extra = io::Json::parse(R"({"pad_token": 1})")}) ==
        "1<image>False");
}

// What each costs is bounded by its steps and bytes, not by how it is said: see jinja/budget.h. The names are of the
// bound, or of what is wrong.
TEST_CASE("hostile templates are refused in a moment, each with a message") {
  const auto many = [](std::string_view unit, size_t size) {
    std::string out;
    while (out.size() + unit.size() <= size) out += unit;
    return out;
  };
  const auto numbered = [](std::string_view before, std::string_view behind, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += fmt::format("{}{}{}", before, i, behind);
    return out;
  };
  const std::string a = "{% set s = 'a' * 10 ** 6 %}", each = "{% for i in range(100000) %}{% if ";
  const std::string then = " %}{% endif %}{% endfor %}";
  const std::string deep =
      "{% set ns = namespace(x=[]) %}{% for i in range(590) %}{% set ns.x = [ns.x, 1] %}{% endfor %}";
  const std::pair<std::string, std::string_view> cases[] = {
      // loops and numbers
      {"{{ range(10 ** 9) }}", "range of more than"},
      {"{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", ""},
      {"{{ 9 ** 9 ** 9 ** 9 }}", "64 bits"},
      {"{{ ('9' * 10 ** 6) | int }}", "64 bits"},
      {"{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}", "levels deep"},
      {"{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}", "levels deep"},
      {"{% macro m(" + numbered("k", ",", 9999) + "z) %}{{ m() }}{% endmacro %}{{ m() }}", "strings and lists"},
      {"{% for i in range(99999) %}{% if 0 %}" + numbered("{% set v", " = 1 %}", 5000) + "{% endif %}{% endfor %}",
       "steps"},
      // texts that grow
      {"{{ 'x' * 10 ** 9 }}", "it "},
      {"{% set ns = namespace(x='aa') %}{% for i in range(60) %}{% set ns.x = ns.x.join(ns.x) %}{% endfor %}", ""},
      {a + "{{ s | replace('a', s) }}", ""},
      {a + "{{ s | replace('', s) }}", ""},
      {a + "{{ (s * 100) | e }}", ""},
      {a + "{{ ([1] * 100000) | tojson(separators=(s, '')) }}", "strings and lists"},
      {a + "{{ ([1] * 100000) | join(s) }}", "strings and lists"},
      {"{{ ('%99999d' * 9999) % ((1,) * 9999) }}", "strings and lists"},
      {"{{ '{:>1000000000}'.format(1) }}", "larger than"},
      {"{{ ('{0:099999,}' * 9999).format(1) }}", "strings and lists"},
      {"{{ 'a' | center(10 ** 9) }}", "it "},
      {"{{ 'a\nb' | indent(10 ** 9) }}", "too large"},
      {deep + "{{ ns.x | tojson(indent='ab' * 10000) }}", "strings and lists"},
      // lists that grow
      {"{{ ('a' * 9 ** 8) | list }}", ""},
      {"{{ ('a' * 9 ** 8).split('a') }}", "strings and lists"},
      {"{{ [1] | batch(10 ** 9, 0) | list }}", "steps"},
      {"{{ [1] | slice(10 ** 9) | list }}", "strings and lists"},
      {"{% set ns = namespace(x=(1,)) %}{% for i in range(99) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}{{ ns.x < "
       "ns.x }}",
       ""},
      {"{{ ([1, 'a'] * 9999) | sort }}", "not supported between"},
      // long texts looked at again and again
      {a + each + "s.isalpha()" + then, "steps"},
      {a + each + "s.isascii()" + then, "steps"},
      {a + each + "s.count('a')" + then, "steps"},
      {a + each + "s.find('b')" + then, "steps"},
      {a + each + "s | int" + then, "steps"},
      {a + each + "s is lower" + then, "steps"},
      {a + each + "s is sameas(s ~ '')" + then, ""},
      {a + each + "{s: 1}[s]" + then, ""},
      {"{% set d = dict.fromkeys(range(9999)) %}{% set e = dict(d) %}" + each + "d == e" + then, "steps"},
      {"{% set r = range(9999) | list %}" + each + "r | sum" + then, "steps"},
      {"{{ {'a' * 10 ** 6 ~ ' ': 1} | xmlattr }}", "Invalid character in attribute name"},
      {"{{ ('--' * 10 ** 5) | wordwrap(5) }}", ""},
      // sources
      {many("{% if 1 %}{% set a = 1 %}", 99999), "nested"},
      {"{{ " + many("[", 99999), "nested"},
      {"{{ 1" + many(" < 1", 99999) + " }}", ""},
      {numbered("{% if 1 %}{% set v", " = 1 %}{% endif %}", 5000), ""},
      {"{% if 0 %}" + numbered("{% elif 0 %}{% set v", " = 1 %}", 5000) + "{% endif %}", ""},
      {"{{ dict(" + numbered("k", "=1,", 9999) + ") }}", ""},
      {many("{#", 99999), "never closed"},
      {"{% raw %}" + many("{% endraw", 99999), "never closed"},
      {"{{ 'abc", ""},
      {"{% for x in [1] %}a", "has no 'endfor'"},
      // what Python would lend
      {"{{ ''.__class__.__mro__ }}", "is unsafe"},
      {"{{ cycler.__init__.__globals__.os }}", "is unsafe"},
      {"{{ {}['__class__']['__mro__'] }}", ""},
      {"{% set l = [] %}{% set _ = l.append(l) %}", "is unsafe"},
      {"{% set a = namespace() %}{% set b = namespace(a=a) %}{% set a.b = b %}{{ a }}", "nested more than"},
      {"{% set a = namespace(x=[]) %}{% set a.x = [a] | map(attribute='x') %}{{ a.x | list }}", ""},
  };
  for (const auto& [source, bound] : cases) {
    CAPTURE(source.substr(0, 120));
    std::string said;
    const std::clock_t before = std::clock();
    try {
      said = ChatTemplate(source).render(messages(), {.limits = {.steps = 1'000'000, .bytes = 16 << 20}});
    } catch (const Error& error) {
      said = std::string("error: ") + error.what();
    }
    const double seconds = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
    CHECK(seconds < kSlowest);
    CHECK(said.size() < 20'000'000);
    if (!bound.empty()) {
      CHECK(said.starts_with("error: "));
      CHECK(said.find(bound) != std::string::npos);
    }
  }
}
