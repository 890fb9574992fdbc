// millet tokenizer as a script runs it.
#include "millet/text/tokenizer.h"

#include <doctest/doctest.h>

#include <string>

#include "millet/io/file.h"
#include "tests/cli/shell.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::tests;

static const std::string kMillet = MILLET_PROGRAM;

TEST_CASE("texts become ids and texts again, in order, and a bad line says so on its own") {
  const TemporaryDirectory directory;
  text::Tokenizer::bytes().save(directory.path());
  io::write_file_atomically(
      directory.path() / "in.jsonl",
      "{\"text\": \"ab<eos>\"}\n{\"text\": 3}\n\nno JSON\n{\"text\": \"\\u00e9\"}\n{\"text\": \"\"}");
  const std::string in = (directory.path() / "in.jsonl").string();
  const Outcome answers = shell(kMillet + " tokenizer encode " + directory.path().string() + " --jsonl " + in);
  CHECK(answers.code == 0);
  const std::string bad = "{\"error\":\"" + in;
  const std::string wanted[] = {
      "{\"ids\":[97,98,258],\"decoded\":\"ab<eos>\"}\n", bad + ":2: text is an integer",
      bad + ":4:", "\n{\"ids\":[195,169],\"decoded\":\"\u00e9\"}\n{\"ids\":[],\"decoded\":\"\"}\n"};
  size_t at = 0;
  for (const std::string& part : wanted) {
    CAPTURE(answers.output);
    CAPTURE(part);
    const size_t found = answers.output.find(part, at);
    REQUIRE(found != std::string::npos);
    at = found + part.size();
  }
  CHECK(at == answers.output.size());
  CHECK(shell("cat " + in + " | " + kMillet + " tokenizer encode " + directory.path().string() + " --jsonl - | wc -l")
            .output == "5\n");
}

TEST_CASE("another action, a missing file and a missing tokenizer are refused") {
  const TemporaryDirectory directory;
  text::Tokenizer::bytes().save(directory.path());
  const std::string path = directory.path().string();
  CHECK(shell(kMillet + " tokenizer parse " + path + " --jsonl - 2>&1").code == 2);
  CHECK(shell(kMillet + " tokenizer encode " + path + " --jsonl " + path + "/none 2>&1").code == 2);
  CHECK(shell(kMillet + " tokenizer encode " + path + "/none --jsonl - 2>&1").code == 2);
}
