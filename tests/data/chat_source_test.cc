#include "millet/data/chat_source.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/io/jsonl.h"
#include "tests/core/test_data.h"
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
  CHECK(corpus.counts.too_long == 1);
  CHECK(corpus.counts.longest == 39);
  CHECK(corpus.counts.said == 9);
  REQUIRE(corpus.counts.bad.size() == 2);
  CHECK(corpus.counts.bad[0].place.ends_with("chats.jsonl:6"));
  CHECK(corpus.counts.bad[1].place.ends_with("chats.jsonl:5"));
  const io::Json counted = corpus.counts.to_json();
  CHECK(counted.at("training_examples").as_int() == 3);
  CHECK(counted.at("left_out").at("count").as_int() == 2);
  CHECK(counted.at("left_out").at("first").at(1).as_string().find("no turn of the assistant") != std::string::npos);
  CHECK(corpus.ends == std::vector<int32_t>{*chats.tokenizer.eos()});
  CHECK_THROWS_WITH_AS(chats.read(0, 3), doctest::Contains("there is nothing to train on"), Error);
}

TEST_CASE("what is left out is told line by line, each with its place once") {
  class Lines final : public Log {
   public:
    void write(Level, std::string_view text) override { lines.emplace_back(text); }
    std::vector<std::string> lines;
  } log;
  const Chats chats(1, "{\"broken\n{\"a\": 1}\n\xFF\n{}\n");
  chats.read(0).counts.tell(log);
  REQUIRE(log.lines.size() == 5);
  CHECK(log.lines[0] == "1 chats: 1 examples to train on, 0 held out; 3 of 5 tokens are the assistant's");
  CHECK(log.lines[1] == "4 chats are left out; the first:");
  for (size_t i = 2; i < 5; ++i) {
    CAPTURE(log.lines[i]);
    const size_t place = log.lines[i].find(fmt::format("chats.jsonl:{}", i));
    CHECK(place != std::string::npos);
    CHECK(log.lines[i].find("chats.jsonl", place + 1) == std::string::npos);
  }
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

namespace {

// A tokenizer of the test data with a template: its own, or one of templates/.
struct Published {
  text::Tokenizer tokenizer;
  text::ChatPrompt prompt;

  Published(const std::string& name, const std::string& file)
      : tokenizer(text::Tokenizer::load(tests::kTestData / "tokenizers" / name)),
        prompt(tokenizer, tests::kTestData / "tokenizers" / name,
               file.empty() ? std::filesystem::path() : tests::kTestData / "templates" / file) {}
};

// [begin, end) of what is said.
io::Json spans(const text::Lesson& lesson) {
  io::Json out = io::Json::array();
  for (size_t i = 0; i < lesson.said.size(); ++i) {
    if (lesson.said[i] == 0) continue;
    const size_t begin = i;
    while (i < lesson.said.size() && lesson.said[i] != 0) ++i;
    out.append(io::Json::array({begin, i}));
  }
  return out;
}

std::string fnv(std::span<const int32_t> ids) {
  uint64_t value = 0xCBF29CE484222325U;
  for (const int32_t id : ids) value = (value ^ static_cast<uint64_t>(id)) * 0x100000001B3U;
  return fmt::format("{:016x}", value);
}

}  // namespace

TEST_CASE("ids and what is said of published chats are those of transformers' assistant masks") {
  if (!tests::has_test_data("sft") || !tests::has_test_data("tokenizers") || !tests::has_test_data("templates")) return;
  std::map<std::string, std::unique_ptr<Published>> published;
  std::map<std::string, data::Records<data::Chat>> files;
  for (const io::Json& row :
       io::read_jsonl(std::filesystem::path(MILLET_SOURCE_DIR) / "tests/golden/chats/said.jsonl")) {
    const std::string &name = row.at("tokenizer").as_string(), &file = row.at("file").as_string();
    std::unique_ptr<Published>& with = published[name];
    if (!with) with = std::make_unique<Published>(name, row.at("template").as_string());
    if (!files.contains(file)) files[file] = data::read_chats(tests::kTestData / "sft" / file);
    CAPTURE(row.dump());
    const std::string place = fmt::format("{}: [{}]", file, row.at("record").as_int());
    const auto at_place = [&](const auto& record) { return record.place.ends_with(place); };
    const data::Records<data::Chat>& records = files[file];
    if (std::any_of(records.bad.begin(), records.bad.end(), at_place)) {
      CHECK(file == "kto_en_demo.json");  // an answer that is labelled as bad
      continue;
    }
    const data::Chat& chat = *std::find_if(records.good.begin(), records.good.end(), at_place);
    const std::vector<int32_t> ends{with->tokenizer.eos().value()};
    const auto lessons = text::lessons(with->prompt, chat.messages, {.tools = chat.tools}, ends);
    REQUIRE(lessons.size() == 1);
    CHECK(spans(lessons[0]) == row.at("said"));
    CHECK(fnv(lessons[0].ids) == row.at("hash").as_string());
  }
}
