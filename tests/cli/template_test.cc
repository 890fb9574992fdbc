#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "millet/io/file.h"
#include "tests/cli/shell.h"

using namespace millet;

namespace {

const std::filesystem::path kFolder = std::filesystem::temp_directory_path() / "millet-template-test";

// What `millet template render` prints for these lines; errors to the terminal are dropped.
tests::Outcome rendered(const std::string& target, const std::string& lines) {
  io::write_file_atomically(kFolder / "in.jsonl", lines);
  return tests::shell(std::string(MILLET_PROGRAM) + " template render " + (kFolder / target).string() + " --jsonl " +
                      (kFolder / "in.jsonl").string() + " 2>/dev/null");
}

}  // namespace

TEST_CASE("millet template render answers every line in order, a bad one with its error") {
  std::filesystem::create_directories(kFolder);
  io::write_file_atomically(
      kFolder / "chat.jinja",
      "{{ bos_token }}{% for m in messages %}{{ m.content + eos_token }}{% endfor %}"
      "{{ tools }}{% if add_generation_prompt %}>{% endif %}{{ strftime_now('%d %b %Y') }}{{ mood }}");
  const tests::Outcome outcome = rendered(
      "chat.jinja",
      R"({"messages": [{"content": "é"}], "tools": null, "bos_token": "^", "eos_token": "$", "now": "2024-07-26"})"
      "\n\nno json\n"
      R"({"messages": [{"content": null}], "bos_token": "^", "eos_token": "$"})"
      "\n"
      R"({"messages": [], "tools": [1], "add_generation_prompt": true, "now": "2024-07-26T10:00:00", "extra": {"mood": "!"}})");
  CHECK(outcome.code == 0);
  CAPTURE(outcome.output);
  CHECK(outcome.output.starts_with("{\"rendered\":\"^é$None26 Jul 2024\"}\n{\"error\":\""));
  CHECK(outcome.output.find("in.jsonl:3:") != std::string::npos);
  CHECK(outcome.output.find("{\"error\":\"chat template: line 1: ") != std::string::npos);
  CHECK(outcome.output.ends_with("{\"rendered\":\"[1]>26 Jul 2024!\"}\n"));
}

TEST_CASE("a directory gives its template, the one for tools too, and its tokens") {
  std::filesystem::create_directories(kFolder / "model");
  io::write_file_atomically(kFolder / "model/tokenizer_config.json",
                            R"({"bos_token": {"content": "<s>"}, "eos_token": "</s>",
                                "chat_template": [{"name": "default", "template": "{{ bos_token }}plain"},
                                                  {"name": "tool_use", "template": "tools{{ eos_token }}"}]})");
  const tests::Outcome outcome = rendered("model",
                                          "{\"messages\": []}\n{\"messages\": [], \"tools\": []}\n"
                                          "{\"messages\": [], \"bos_token\": null}\n");
  CHECK(outcome.output == "{\"rendered\":\"<s>plain\"}\n{\"rendered\":\"tools</s>\"}\n{\"rendered\":\"plain\"}\n");
  CHECK(rendered("nothing", "").code == 2);
}
