#include "millet/data/chat_source.h"

#include <doctest/doctest.h>

#include <set>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "tests/io/temporary_directory.h"

using namespace millet;

namespace {

struct Chats {
  TemporaryDirectory folder;
  text::Tokenizer tokenizer = text::Tokenizer::bytes();
  std::optional<text::ChatPrompt> prompt;

  explicit Chats(int count, const std::string& more = "") {
    tokenizer.save(folder.path());
    io::write_file_atomically(folder / "chat_template.jinja",
                              "{% for m in messages %}{{ m.content }}{% if m.role == 'assistant' %}{{ eos_token }}"
                              "{% endif %}{% endfor %}");
    prompt.emplace(tokenizer, folder.path());
    std::string lines;
    for (int i = 0; i < count; ++i) lines += fmt::format("{{\"instruction\": \"q{}\", \"output\": \"a{}\"}}\n", i, i);
    io::write_file_atomically(folder / "chats.jsonl", lines + more);
  }

  data::ChatCorpus read(double share, int64_t context = 64) const {
    const std::vector<std::filesystem::path> files{folder / "chats.jsonl"};
    return data::read_chat_corpus(files, *prompt,
                                  {.context = context, .validation_share = share, .ends = {*tokenizer.eos()}});
  }
};

}  // namespace

TEST_CASE("answers are scored, and what is left out is counted and named") {
  const Chats chats(3, R"({"instruction": "a question that is far too long for it", "output": "a"}
{"messages": [{"role": "user", "content": "no answer"}]}
{"broken
)");
  const data::ChatCorpus corpus = chats.read(0, 16);
  REQUIRE(corpus.training.size() == 3);
  CHECK(chats.tokenizer.decode(corpus.training[1].tokens) == "q1a1<eos>");
  CHECK(corpus.training[1].scored == std::vector<uint8_t>{0, 0, 1, 1, 1});
  CHECK(corpus.too_long == 1);
  CHECK(corpus.longest == 39);
  REQUIRE(corpus.bad.size() == 2);
  CHECK(corpus.ends == std::vector<int32_t>{*chats.tokenizer.eos()});
  CHECK_THROWS_WITH_AS(chats.read(0, 3), doctest::Contains("there is nothing to train on"), Error);
}

TEST_CASE("the chats that validate are held out, the same ones for every seed") {
  const Chats chats(200);
  const data::ChatCorpus corpus = chats.read(0.1);
  CHECK(corpus.training.size() + corpus.validation.size() == 200);
  CHECK(corpus.validation.size() > 8);
  CHECK(corpus.validation.size() < 40);
  CHECK(chats.read(0.1).validation[3].tokens == corpus.validation[3].tokens);
}

TEST_CASE("every epoch sees every chat once, in an order of its own") {
  const Chats chats(20);
  const data::ChatExamples examples(chats.read(0).training, 7);
  REQUIRE(examples.epoch_size() == 20);
  std::vector<std::vector<int32_t>> orders[2];
  for (uint64_t epoch = 0; epoch < 2; ++epoch) {
    for (uint64_t i = 0; i < 20; ++i) orders[epoch].push_back(examples.at(epoch * 20 + i).tokens);
    CHECK(std::set(orders[epoch].begin(), orders[epoch].end()).size() == 20);
  }
  CHECK(orders[0] != orders[1]);
  const data::ChatExamples other(chats.read(0).training, 8);
  CHECK(other.at(0).tokens.size() > 1);
  CHECK(other.fingerprint() != examples.fingerprint());
}
