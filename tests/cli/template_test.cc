#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "millet/io/file.h"
#include "tests/cli/shell.h"
#include "tests/io/temporary_directory.h"

using namespace millet;

namespace {

// What `millet template render` prints for these lines; errors to the terminal are dropped.
tests::Outcome rendered(const TemporaryDirectory& folder, const std::string& target, const std::string& lines) {
  io::write_file_atomically(folder / "in.jsonl", lines);
  return tests::shell(std::string(MILLET_PROGRAM) + " template render " + (folder / target).string() + " --jsonl " +
                      (folder / "in.jsonl").string() + " 2>/dev/null");
}

}  // namespace

TEST_CASE("millet template render answers every line in order, a bad one with its error") {
  const TemporaryDirectory folder;
  io::write_file_atomically(
      folder / "chat.jinja",
      "{{ bos_token }}{% for m in messages %}{{ m.content + eos_token }}{% endfor %}"
      "{{ tools }}{% if add_generation_prompt %}>{% endif %}{{ strftime_now('%d %b %Y') }}{{ mood }}");
  const tests::Outcome outcome = rendered(
      folder, "chat.jinja",
      R"({"messages": [{"content": "é"}], "tools": null, "bos_token": "^", "eos_token": "$", "now": "2024-07-26"})"
      "\n\nno json\n"
      R"({"messages": [{"content": null}], "bos_token": "^", "eos_token": "$"})"
      "\n"
      R"({"messages": [], "tools": [1], "add_generation_prompt": true, "now": "2024-07-26T10:00:00", "extra": {"mood": "!"}})");
  CHECK(outcome.code == 0);
  CAPTURE(outcome.output);
  CHECK(outcome.output.starts_with("{\"rendered\":\"^é$None26 Jul 2024\"}\n{\"error\":\""));
  CHECK(outcome.output.find("in.jsonl:2: the line is empty") != std::string::npos);
  CHECK(outcome.output.find("in.jsonl:3:") != std::string::npos);
  CHECK(outcome.output.find("{\"error\":\"chat template: line 1: ") != std::string::npos);
  CHECK(outcome.output.ends_with("{\"rendered\":\"[1]>26 Jul 2024!\"}\n"));
}

TEST_CASE("messages that are no list of objects, and errors that are no UTF-8, stay on their line") {
  const TemporaryDirectory folder;
  io::write_file_atomically(folder / "chat.jinja", "{% for m in messages %}{{ m.content % 1 }}{% endfor %}");
  const tests::Outcome outcome =
      rendered(folder, "chat.jinja",
               "{\"messages\": \"abc\"}\n{\"messages\": [1]}\n{\"messages\": null}\n{}\n"
               "{\"messages\": [{\"content\": \"%é\"}]}\n{\"messages\": [{\"content\": \"%d\"}]}\n");
  CHECK(outcome.code == 0);
  CAPTURE(outcome.output);
  int refused = 0;
  for (size_t at = 0; (at = outcome.output.find("{\"error\":", at)) != std::string::npos; ++at) ++refused;
  CHECK(refused == 5);
  CHECK(outcome.output.ends_with("{\"rendered\":\"1\"}\n"));
}

TEST_CASE("a directory gives its template, the one for tools too, and its tokens") {
  const TemporaryDirectory folder;
  std::filesystem::create_directories(folder / "model");
  io::write_file_atomically(folder / "model/tokenizer_config.json",
                            R"({"bos_token": {"content": "<s>"}, "eos_token": "</s>",
                                "chat_template": [{"name": "default", "template": "{{ bos_token }}plain"},
                                                  {"name": "tool_use", "template": "tools{{ eos_token }}"}]})");
  const tests::Outcome outcome = rendered(folder, "model",
                                          "{\"messages\": []}\n{\"messages\": [], \"tools\": []}\n"
                                          "{\"messages\": [], \"bos_token\": null}\n");
  CHECK(outcome.output == "{\"rendered\":\"<s>plain\"}\n{\"rendered\":\"tools</s>\"}\n{\"rendered\":\"plain\"}\n");
  CHECK(rendered(folder, "nothing", "").code == 2);
}

TEST_CASE("keys that the template reads, or that are mistyped, are no further ones of a line") {
  const TemporaryDirectory folder;
  io::write_file_atomically(folder / "chat.jinja",
                            "{% for m in messages %}{% if enable_thinking %}!{% endif %}{% endfor %}.");
  const auto answer = [&](const std::string& line) { return rendered(folder, "chat.jinja", line).output; };
  const std::string at = "{\"error\":\"" + (folder / "in.jsonl").string() + ":1: ";
  CHECK(answer(R"({"messages": [1], "enable_thinking": true})") ==
        at + "enable_thinking is no key of a line, and the template reads it: put it into \\\"extra\\\"\"}\n");
  CHECK(answer(R"({"messages": [{}], "extra": {"enable_thinking": true}})") == "{\"rendered\":\"!.\"}\n");
  CHECK(answer(R"({"messages": [], "tool": []})") == at + "tool is no key of a line: did you mean 'tools'?\"}\n");
  CHECK(answer(R"({"messages": [], "add_generation_promt": true})").find("'add_generation_prompt'") !=
        std::string::npos);
  // What a line says of itself.
  CHECK(answer(R"({"id": 7, "template": "x", "conversation": "y", "rendered": "z", "error": "", "messages": []})") ==
        "{\"rendered\":\".\"}\n");
  CHECK(answer(R"({"messages": [], "extra": [1]})") == at + "extra is an array, not an object\"}\n");
}

TEST_CASE("now is a day of the calendar") {
  const TemporaryDirectory folder;
  io::write_file_atomically(folder / "chat.jinja", "{{ strftime_now('%d %b %Y %H:%M:%S') }}");
  const auto answer = [&](const std::string& now) {
    return rendered(folder, "chat.jinja", R"({"messages": [], "now": ")" + now + R"("})").output;
  };
  CHECK(answer("2024-02-29") == "{\"rendered\":\"29 Feb 2024 00:00:00\"}\n");
  CHECK(answer("1969-12-31 23:59:59") == "{\"rendered\":\"31 Dec 1969 23:59:59\"}\n");
  CHECK(answer("9999-12-31T00:00:01") == "{\"rendered\":\"31 Dec 9999 00:00:01\"}\n");
  for (const char* none : {"2024-02-30", "2023-02-29", "0000-01-01", "2024-04-31", "2024-01-00", "2024-01-01 24:00:00",
                           "2024-01-01 00:00:60", "2024-01", "2024-01-01T", "1 May 2024", ""})
    CHECK_MESSAGE(
        answer(none).find("must be a date as 2024-07-26, is '" + std::string(none) + "'") != std::string::npos, none);
}
