// millet tokenizer as a script runs it.
#include "millet/text/tokenizer.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "millet/io/file.h"
#include "tests/cli/shell.h"
#include "tests/io/archives.h"
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
  const std::string wanted[] = {"{\"ids\":[97,98,258],\"decoded\":\"ab<eos>\"}\n", bad + ":2: text is an integer",
                                bad + ":3: the line is empty\"}", bad + ":4:",
                                "\n{\"ids\":[195,169],\"decoded\":\"\u00e9\"}\n{\"ids\":[],\"decoded\":\"\"}\n"};
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
            .output == "6\n");
}

TEST_CASE("another action, a missing file and a missing tokenizer are refused") {
  const TemporaryDirectory directory;
  text::Tokenizer::bytes().save(directory.path());
  const std::string path = directory.path().string();
  CHECK(shell(kMillet + " tokenizer parse " + path + " --jsonl - 2>&1").code == 2);
  CHECK(shell(kMillet + " tokenizer encode " + path + " " + path + " --jsonl - 2>&1").code == 2);
  CHECK(shell(kMillet + " tokenizer encode " + path + " --jsonl " + path + "/none 2>&1").code == 2);
  CHECK(shell(kMillet + " tokenizer encode " + path + "/none --jsonl - 2>&1").code == 2);
}

TEST_CASE("a tokenizer is learned from texts, and encodes and decodes them") {
  const TemporaryDirectory directory;
  const std::string path = directory.path().string();
  io::write_file_atomically(directory.path() / "a.txt", "low low low low low\nnewer 2025 <think>\n");
  io::write_file_atomically(directory.path() / "b.txt", "lower lower newer 20");
  const Outcome made = shell(kMillet + " tokenizer train " + path + "/a.txt " + path +
                             "/b.txt --vocab-size 264 --out " + path + "/t --digits --word '<think>' 2>&1");
  CAPTURE(made.output);
  CHECK(made.code == 0);
  CHECK(made.output.find("264 tokens learned from 59 bytes, 20 words, 11 of them different") != std::string::npos);
  const text::Tokenizer tokenizer = text::Tokenizer::load(directory.path() / "t");
  CHECK(tokenizer.vocab_size() == 264);
  CHECK(tokenizer.bos() == 261);
  CHECK(tokenizer.eos() == 262);
  CHECK(tokenizer.id_of("<think>") == 263);
  CHECK(tokenizer.encode("low 20").size() == 4);
  CHECK(tokenizer.decode(tokenizer.encode(" lower, \u00e9!")) == " lower, \u00e9!");
  const Outcome again =
      shell(kMillet + " tokenizer train " + path + "/b.txt " + path + "/a.txt --vocab-size 264 --out " + path +
            "/u --digits --word '<think>' --threads 3 --quiet --json");
  CHECK(again.code == 0);
  CHECK(io::Json::parse(again.output).at("merges").as_int() == 4);
  CHECK(io::read_file(directory.path() / "t/tokenizer.json") == io::read_file(directory.path() / "u/tokenizer.json"));
}

TEST_CASE("a corpus is learned from as it lies there: JSON lines, directories, archives, pipes") {
  const TemporaryDirectory directory;
  const std::string path = directory.path().string();
  std::filesystem::create_directories(directory / "texts");
  io::write_file_atomically(directory / "texts/a.txt", "low \xE4\xB8\xAD\xE5\x9B\xBD low\n");
  io::write_file_atomically(directory / "texts/b.txt.gz", gzip_of("\"lower\" lower"));
  io::write_file_atomically(directory / "c.jsonl",
                            "{\"body\": \"low \\u4e2d\\u56fd low\\n\"}\n{\"body\": \"\\\"lower\\\" lower\"}\nbroken\n");
  const auto trained = [&](const std::string& words, const std::string& name) {
    const Outcome outcome =
        shell(kMillet + " tokenizer train " + words + " --vocab-size 265 --out " + path + "/" + name + " 2>&1");
    CAPTURE(outcome.output);
    CHECK(outcome.code == 0);
    return outcome.output;
  };
  trained(path + "/texts", "a");
  const std::string told = trained(path + "/c.jsonl --key body", "b");
  CHECK(told.find("1 lines are no JSON and left out:\n") != std::string::npos);
  CHECK(told.find("c.jsonl:3:") != std::string::npos);
  const std::string learned = io::read_file(directory / "a/tokenizer.json");
  CHECK(learned == io::read_file(directory / "b/tokenizer.json"));
  const Outcome piped = shell("cat " + path + "/texts/b.txt.gz | " + kMillet + " tokenizer train " + path +
                              "/texts/a.txt /dev/stdin --vocab-size 265 --out " + path + "/c 2>&1");
  CHECK(piped.code == 0);
  CHECK(learned == io::read_file(directory / "c/tokenizer.json"));
}

TEST_CASE("special tokens are those that are given, and roles go with the names") {
  const TemporaryDirectory directory;
  const std::string path = directory.path().string();
  io::write_file_atomically(directory.path() / "a.txt", "ab<|endoftext|>ab");
  CHECK(shell(kMillet + " tokenizer train " + path + "/a.txt --vocab-size 300 --out " + path +
              "/t --special '<|endoftext|>' --special '<eos>' 2>&1")
            .output.find("the texts have no more than 259 tokens in them, 300 were asked for") != std::string::npos);
  const text::Tokenizer tokenizer = text::Tokenizer::load(directory.path() / "t");
  CHECK(tokenizer.id_of("<|endoftext|>") == 257);
  CHECK(tokenizer.eos() == 258);
  CHECK_FALSE(tokenizer.bos());
}

TEST_CASE("what cannot be trained is refused before any text is read, and nothing is left behind") {
  const TemporaryDirectory directory;
  const std::string path = directory.path().string();
  const std::string text = path + "/a.txt";
  io::write_file_atomically(text, "abc");
  auto refused = [&](const std::string& words) {
    const Outcome outcome = shell(kMillet + " tokenizer train " + words + " 2>&1");
    CHECK(outcome.code == 2);
    return outcome.output;
  };
  const std::string out = " --out " + path + "/t";
  auto says = [&](const std::string& words, const std::string& message) {
    const std::string output = refused(words);
    CHECK_MESSAGE(output.find(message) != std::string::npos, output);
  };
  io::write_file_atomically(path + "/b.jsonl", "{\"other\": \"abc\"}\n");
  says(path + "/b.jsonl --vocab-size 300" + out, "there is nothing to learn from (1 lines have no text under the key");
  says(text + " " + path + "/none --vocab-size 300" + out, "/none: there is no such file");
  says(text + " --vocab-size 300 --out " + text + "/t", "a.txt: it is a file");
  says(text + " --vocab-size 258" + out,
       "--vocab-size is 258: 256 bytes and 3 special tokens and words need at least 259");
  says(text + " --vocab-size 9999999" + out, "at most 1048576 tokens are read");
  says(text + " --vocab-size many" + out, "--vocab-size takes a whole number");
  says(text + " --vocab-size 300 --out " + path, "it exists already");
  says(text + " --vocab-size 300", "--out is needed here");
  says(text + out, "--vocab-size is needed here");
  says(text + " --vocab-size 300 --pattern x" + out, "gpt2 and modern are known");
  says(text + " --vocab-size 300 --ties x" + out, "bytes and ids are known");
  says(text + " --vocab-size 300 --special '<a b>'" + out, "has white space");
  says(text + " --vocab-size 300 --special '<a>' --word '<a>'" + out, "<a>");
  says(text + " --vocab-size 300 --word a" + out, "'a' is spelled as token 97 of the vocabulary is");
  says("--vocab-size 300" + out, "PATH is missing");
  CHECK_FALSE(io::is_there(directory.path() / "t"));
}

TEST_CASE("text that is not UTF-8 is named and counted, and does not end the training") {
  const TemporaryDirectory directory;
  const std::string path = directory.path().string();
  io::write_file_atomically(directory.path() / "a.txt", "ab \xFF\xFE cd");
  const Outcome outcome =
      shell(kMillet + " tokenizer train " + path + "/a.txt --vocab-size 260 --quiet --out " + path + "/t 2>&1");
  CHECK(outcome.code == 0);
  CHECK(outcome.output.find("a.txt: 2 places are not UTF-8, the first at byte 3: each is read as U+FFFD") !=
        std::string::npos);
}
