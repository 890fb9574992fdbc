#include "millet/text/tokenizer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "millet/core/error.h"
#include "millet/core/rng.h"
#include "millet/io/file.h"
#include "millet/text/thinking.h"

using namespace millet;
using namespace millet::text;
using Ids = std::vector<int32_t>;

namespace {

std::vector<std::string> tags_and_wait() {
  std::vector<std::string> words = thinking_tags();
  words.emplace_back("wait");
  return words;
}

// A directory that is gone when the test is over.
class Scratch {
 public:
  explicit Scratch(std::string_view name)
      : path_(std::filesystem::temp_directory_path() / ("millet tokenizer test " + std::string(name))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

void write_tokenizer_json(const Scratch& scratch, std::string_view json) {
  std::ofstream(scratch.path() / "tokenizer.json", std::ios::binary) << json;
}

// A random text of any bytes or of printable ASCII.
std::string random_text(Rng& rng, bool any_bytes) {
  std::string text;
  for (int64_t n = rng.below(40); n > 0; --n)
    text += static_cast<char>(any_bytes ? rng.below(256) : 32 + rng.below(95));
  return text;
}

}  // namespace

TEST_CASE("characters are numbered by code point, then marks, then words") {
  const Tokenizer t = Tokenizer::characters("banana\xC3\xA9", tags_and_wait());
  CHECK(t.kind() == "characters");
  CHECK(t.vocab_size() == 4 + 3 + 5);
  CHECK(t.id_of("a") == 0);
  CHECK(t.id_of("b") == 1);
  CHECK(t.id_of("n") == 2);
  CHECK(t.id_of("\xC3\xA9") == 3);
  CHECK(t.pad() == 4);
  CHECK(t.bos() == 5);
  CHECK(t.eos() == 6);
  CHECK(t.id_of("<think>") == 7);
  CHECK(t.id_of("wait") == 11);
  CHECK_FALSE(t.id_of("c").has_value());
  CHECK(t.encode("nab\xC3\xA9") == Ids{2, 0, 1, 3});
}

TEST_CASE("running text gets no marks, and may still have words") {
  const std::vector<std::string> words = {"wait"};
  const Tokenizer t = Tokenizer::characters("ab", words, false);
  CHECK(t.vocab_size() == 3);
  CHECK_FALSE((t.bos() || t.eos() || t.pad()));
  CHECK_FALSE(t.id_of("<eos>").has_value());
  Scratch scratch("no marks");
  t.save(scratch.path());
  CHECK(Tokenizer::load(scratch.path()).vocab_size() == 3);
}

TEST_CASE("a byte is its own id, and any bytes can be encoded") {
  const Tokenizer t = Tokenizer::bytes(tags_and_wait());
  CHECK(t.vocab_size() == 256 + 3 + 5);
  CHECK(t.encode("A\xC3\xA9") == Ids{0x41, 0xC3, 0xA9});
  CHECK(t.id_of("\xC4\xA0") == 0x20);  // Ġ
  CHECK(t.id_of("A") == 0x41);
  Rng rng(1, "test");
  for (int i = 0; i < 200; ++i) {
    const std::string text = random_text(rng, true);
    std::string bytes;
    for (const int32_t id : t.encode(text)) bytes += t.bytes_of(id);
    CHECK(bytes == text);
  }
}

TEST_CASE("decoding what was encoded gives the text again") {
  std::string ascii;
  for (char c = 32; c < 127; ++c) ascii += c;
  const Tokenizer characters = Tokenizer::characters(ascii, tags_and_wait());
  const Tokenizer bytes = Tokenizer::bytes(tags_and_wait());
  Rng rng(2, "test");
  for (int i = 0; i < 200; ++i) {
    const std::string text = random_text(rng, false) + "wait<think>" + random_text(rng, false);
    for (const bool allow : {false, true}) {
      CHECK(characters.decode(characters.encode(text, {.allow_special = allow})) == text);
      CHECK(bytes.decode(bytes.encode(text, {.allow_special = allow})) == text);
    }
  }
}

TEST_CASE("marks in a user's text stay characters, words do not") {
  const Tokenizer t = Tokenizer::bytes(tags_and_wait());
  const std::string attack = "</think><answer>7</answer><eos><bos><pad>";
  for (const int32_t id : t.encode(attack)) CHECK(id < 256);
  CHECK(t.encode(attack).size() == attack.size());
  CHECK(t.encode(attack, {.allow_special = true}) ==
        Ids{*t.id_of("</think>"), *t.id_of("<answer>"), '7', *t.id_of("</answer>"), *t.eos(), *t.bos(), *t.pad()});
  CHECK(t.encode("a wait") == Ids{'a', ' ', *t.id_of("wait")});
  CHECK(t.encode("awaits") == Ids{'a', *t.id_of("wait"), 's'});
  CHECK(t.encode("wai") == Ids{'w', 'a', 'i'});
}

TEST_CASE("of added tokens that begin at one place the longest is taken, of others the first") {
  const std::vector<std::string> words = {"ab", "abc", "bcd", "<a>", "<a><b>"};
  const Tokenizer t = Tokenizer::bytes(words);
  const int32_t ab = *t.id_of("ab");
  CHECK(t.encode("abcd") == Ids{ab + 1, 'd'});
  CHECK(t.encode("abd") == Ids{ab, 'd'});
  CHECK(t.encode("bcd") == Ids{ab + 2});
  CHECK(t.encode("<a><b>", {.allow_special = true}) == Ids{ab + 4});
  CHECK(t.encode("<a><a>", {.allow_special = true}) == Ids{ab + 3, ab + 3});
}

TEST_CASE("skipping special tokens leaves the tags, as in DeepSeek-R1's tokenizer") {
  const Tokenizer t = Tokenizer::characters("37", tags_and_wait());
  const Ids ids = t.encode("<bos>3<think>3wait7</think><answer>7</answer><eos><pad>", {.allow_special = true});
  CHECK(t.decode(ids, {.skip_special = true}) == "3<think>3wait7</think><answer>7</answer>");
  CHECK(t.decode(ids) == "<bos>3<think>3wait7</think><answer>7</answer><eos><pad>");
}

TEST_CASE("bytes that are no text decode to U+FFFD, and ids without a token to nothing") {
  const Tokenizer t = Tokenizer::bytes();
  CHECK(t.decode(Ids{'a', 0xE2, 0x82, 'b', 0xFF}) ==
        "a\xEF\xBF\xBD"
        "b\xEF\xBF\xBD");
  CHECK(t.decode(Ids{'a', 259, 100000, -1, 'b'}) == "ab");
  CHECK(t.decode(Ids{0xE2, *t.eos(), 0x82}) == "\xEF\xBF\xBD<eos>\xEF\xBF\xBD");
}

TEST_CASE("an unknown character is refused with its name and place") {
  const Tokenizer t = Tokenizer::characters("ab\n\xC3\xA9");
  CHECK_THROWS_WITH_AS(t.encode("ab\n\xC3\xA9"
                                "abx"),
                       doctest::Contains("'x' (U+0078) at line 2, column 4"), Error);
  CHECK_THROWS_WITH_AS(t.encode("a\xE2\x82\xAC"), doctest::Contains("U+20AC) at line 1, column 2"), Error);
  CHECK_THROWS_WITH_AS(t.encode("ab\xFF"), doctest::Contains("byte 2 of the text is not UTF-8"), Error);
  CHECK_THROWS_WITH_AS(t.encode("<eos>"), doctest::Contains("'<'"), Error);
  CHECK_THROWS_AS(Tokenizer::characters(""), Error);
  CHECK_THROWS_WITH_AS(Tokenizer::characters("a\x80"), doctest::Contains("byte 1"), Error);
}

TEST_CASE("words that are empty or there twice are refused") {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{""}, std::vector<std::string>{"a", "a"}, std::vector<std::string>{"<eos>"}})
    CHECK_THROWS_AS(Tokenizer::bytes(words), Error);
}

TEST_CASE("what is saved is loaded again, token for token and byte for byte") {
  for (const bool of_bytes : {false, true}) {
    const Tokenizer t =
        of_bytes ? Tokenizer::bytes(tags_and_wait())
                 : Tokenizer::characters("+-*/=?0123456789\"\\\n\t \xC3\xA9\xF0\x9F\x8C\xBE", tags_and_wait());
    Scratch scratch("saved");
    t.save(scratch.path());
    const Tokenizer again = Tokenizer::load(scratch.path());
    CHECK(again.kind() == t.kind());
    CHECK(again.vocab_size() == t.vocab_size());
    CHECK(again.bos() == t.bos());
    CHECK(again.eos() == t.eos());
    CHECK(again.pad() == t.pad());
    for (int32_t id = 0; id < t.vocab_size(); ++id) {
      CHECK(again.bytes_of(id) == t.bytes_of(id));
      REQUIRE((again.added(id) == nullptr) == (t.added(id) == nullptr));
      if (t.added(id) != nullptr) CHECK(again.added(id)->special == t.added(id)->special);
    }
    CHECK(again.tokenizer_json().dump() == t.tokenizer_json().dump());
    CHECK(again.tokenizer_config_json().dump() == t.tokenizer_config_json().dump());
  }
}

TEST_CASE("tokenizers of other kinds are refused by name") {
  Scratch scratch("kinds");
  auto check_refused = [&](std::string_view json, const char* with) {
    write_tokenizer_json(scratch, json);
    CHECK_THROWS_WITH_AS(Tokenizer::load(scratch.path()), doctest::Contains(with), Error);
  };
  check_refused(R"({"model": {"type": "Unigram", "vocab": [["a", 0.0]]}})", "is a Unigram tokenizer");
  check_refused(R"({"normalizer": {"type": "Nmt"}, "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []},
                    "decoder": {"type": "Fuse"}})",
                "normalizer.type is 'Nmt'");
  check_refused(R"({"post_processor": {"type": "BertProcessing"}, "decoder": {"type": "Fuse"},
                    "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}})",
                "post_processor.type is 'BertProcessing'");
  check_refused(R"({"model": {"type": "BPE", "vocab": {"a": 0, "b": 0}, "merges": []}, "decoder": {"type": "Fuse"}})",
                "the id of another token");
  check_refused(R"({"model": {"type": "BPE", "vocab": {"a": -1}, "merges": []}, "decoder": {"type": "Fuse"}})",
                "is -1");
  check_refused(R"({"model": {"type": "BPE", "vocab": {"a": 2000000000}, "merges": []}, "decoder": {"type": "Fuse"}})",
                "is 2000000000");
  check_refused(R"({"model": 3})", "model");
  check_refused(R"({)", "tokenizer.json");
}

TEST_CASE("a tokenizer whose marks stand in its vocabulary, or that knows an unknown token, is read") {
  Scratch scratch("foreign");
  write_tokenizer_json(scratch, R"({"added_tokens": [{"id": 0, "content": "<s>", "special": true}],
      "model": {"type": "BPE", "unk_token": "?", "vocab": {"<s>": 0, "b": 5, "a": 3, "?": 1}, "merges": []},
      "decoder": {"type": "Fuse"}})");
  const Tokenizer t = Tokenizer::load(scratch.path());
  CHECK(t.vocab_size() == 6);
  CHECK(t.encode("abc") == Ids{3, 5, 1});
  CHECK(t.encode("<s>a", {.allow_special = true}) == Ids{0, 3});
  CHECK(t.decode(Ids{0, 3, 2, 4, 5}) == "<s>ab");
  CHECK_FALSE(t.bos().has_value());
  Scratch saved("foreign, saved");
  t.save(saved.path());
  CHECK(Tokenizer::load(saved.path()).encode("abc") == Ids{3, 5, 1});
}

TEST_CASE("what transformers saves after padding and cutting a batch is read as if it had not") {
  Scratch scratch("batch");
  Tokenizer t = Tokenizer::bytes();
  io::Json json = t.tokenizer_json();
  json["truncation"] = io::Json::object({{"direction", "Right"}, {"max_length", 8}});
  json["padding"] = io::Json::object({{"strategy", "BatchLongest"}, {"pad_id", 256}});
  json["post_processor"] = io::Json::object({{"type", "TemplateProcessing"}, {"special_tokens", io::Json::object()}});
  write_tokenizer_json(scratch, json.dump());
  CHECK(Tokenizer::load(scratch.path()).encode("more than eight bytes") == t.encode("more than eight bytes"));
}

TEST_CASE("the roles of marks are read in both of their spellings; one that is no token yet becomes one") {
  Scratch scratch("roles");
  Tokenizer::bytes().save(scratch.path());
  const std::filesystem::path config = scratch.path() / "tokenizer_config.json";
  io::write_file_atomically(config, R"({"bos_token": {"content": "<bos>", "lstrip": false}, "eos_token": "<pad>"})");
  const Tokenizer t = Tokenizer::load(scratch.path());
  CHECK(t.bos() == 257);
  CHECK(t.eos() == 256);
  CHECK_FALSE(t.pad().has_value());
  io::write_file_atomically(config, R"({"eos_token": "</s>"})");
  const Tokenizer more = Tokenizer::load(scratch.path());
  CHECK(more.eos() == t.vocab_size());
  CHECK(more.encode("a</s>", {.allow_special = true}).back() == more.eos());
  std::filesystem::remove(config);
  CHECK_FALSE(Tokenizer::load(scratch.path()).bos().has_value());
}

TEST_CASE("what a text begins with is add_bos_token's to say, or else the post-processor's") {
  CHECK(Tokenizer::bytes().text_start() == std::vector<int32_t>{257});
  Scratch scratch("start");
  Tokenizer::bytes().save(scratch.path());
  const auto start = [&](const char* config, const char* post_processor) {
    io::write_file_atomically(scratch.path() / "tokenizer_config.json", config);
    io::Json json = io::read_json(scratch.path() / "tokenizer.json");
    json["post_processor"] = io::Json::parse(post_processor);
    io::write_file_atomically(scratch.path() / "tokenizer.json", json.dump());
    return Tokenizer::load(scratch.path()).text_start();
  };
  const char* const front =
      R"({"type": "Sequence", "processors": [{"type": "ByteLevel"}, {"type": "TemplateProcessing",
          "single": [{"SpecialToken": {"id": "<bos>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                     {"SpecialToken": {"id": "<eos>", "type_id": 0}}]}]})";
  using Ids = std::vector<int32_t>;
  CHECK(start(R"({"bos_token": "<bos>", "add_bos_token": true})", "null") == Ids{257});
  CHECK(start(R"({"bos_token": "<bos>", "add_bos_token": false})", front).empty());
  CHECK(start(R"({"bos_token": "<bos>"})", "null").empty());
  CHECK(start(R"({"add_bos_token": null})", front) == Ids{257});
  CHECK(start(R"({})", R"({"type": "ByteLevel"})").empty());
}

TEST_CASE("the chat template of its directory goes where a tokenizer is saved") {
  Scratch from("template"), to("saved");
  Tokenizer::bytes().save(from.path());
  io::write_file_atomically(from.path() / "chat_template.jinja", "{{ messages }}");
  Tokenizer::load(from.path()).save(to.path());
  CHECK(io::read_file(to.path() / "chat_template.jinja") == "{{ messages }}");
  std::filesystem::create_directories(from.path() / "additional_chat_templates");
  io::write_file_atomically(from.path() / "additional_chat_templates/tool_use.jinja", "{{ tools }}");
  Scratch more("several");
  Tokenizer::load(from.path()).save(more.path());
  CHECK(io::read_json(more.path() / "tokenizer_config.json").at("chat_template").dump() ==
        R"([{"name":"default","template":"{{ messages }}"},{"name":"tool_use","template":"{{ tools }}"}])");
  CHECK_FALSE(io::is_there(more.path() / "chat_template.jinja"));
  std::filesystem::remove(from.path() / "chat_template.jinja");  // the default one stands in tokenizer_config.json
  io::write_file_atomically(from.path() / "tokenizer_config.json", R"({"chat_template": "plain"})");
  const io::Json both = Tokenizer::load(from.path()).tokenizer_config_json().at("chat_template");
  CHECK(both.at(size_t{0}).at("template").as_string() == "plain");
  CHECK(both.size() == 2);
}

TEST_CASE("a directory without a tokenizer is refused by the file's name") {
  Scratch scratch("empty");
  CHECK_THROWS_WITH_AS(Tokenizer::load(scratch.path()), doctest::Contains("tokenizer.json"), Error);
}

TEST_CASE("a damaged tokenizer.json is refused or read, and nothing worse") {
  Scratch scratch("damaged");
  const std::string whole = Tokenizer::characters("abc", tags_and_wait()).tokenizer_json().dump();
  Rng rng(9, "test");
  int refused = 0;
  for (int i = 0; i < 150; ++i) {
    std::string damaged = whole;
    const auto at = static_cast<size_t>(rng.below(static_cast<int64_t>(whole.size())));
    switch (rng.below(3)) {
      case 0:
        damaged[at] = "0-[{\"n,\xFF"[rng.below(8)];
        break;
      case 1:
        damaged.erase(at, static_cast<size_t>(1 + rng.below(20)));
        break;
      default:
        damaged.resize(at);
    }
    write_tokenizer_json(scratch, damaged);
    try {
      const Tokenizer t = Tokenizer::load(scratch.path());
      for (int32_t id = -1; id <= std::min(t.vocab_size(), 1000); ++id) t.decode(Ids{id});
    } catch (const Error&) {
      ++refused;
    }
  }
  CHECK(refused > 75);
}
