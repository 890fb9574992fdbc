#include "millet/data/fill_in_middle.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>

#include "millet/core/error.h"

using namespace millet;
using namespace millet::data;

namespace {

const std::vector<std::string> kWords{"<|fim_begin|>", "<|fim_hole|>", "<|fim_end|>"};

text::Tokenizer with(const std::vector<std::string>& words) {
  return text::Tokenizer::bytes(words);
}

struct Parts {
  std::string prefix, suffix, middle;
};

Parts parts_of(const text::Tokenizer& t, const std::vector<int32_t>& ids, const std::vector<std::string>& words) {
  const auto begin = std::find(ids.begin(), ids.end(), *t.id_of(words[0]));
  const auto hole = std::find(ids.begin(), ids.end(), *t.id_of(words[1]));
  const auto end = std::find(ids.begin(), ids.end(), *t.id_of(words[2]));
  REQUIRE(begin == ids.begin());
  REQUIRE(hole > begin);
  REQUIRE(end > hole);
  REQUIRE(end != ids.end());
  return {t.decode(std::vector(begin + 1, hole)), t.decode(std::vector(hole + 1, end)),
          t.decode(std::vector(end + 1, ids.end()))};
}

}  // namespace

TEST_CASE("prefix, suffix and middle are the document, cut between characters") {
  const text::Tokenizer t = with(kWords);
  const FillInMiddle fim(t, 1, 3);
  for (int i = 0; i < 200; ++i) {
    const std::string document =
        "Zw\xC3\xB6lf \xE6\x98\xA5\xE7\x9C\xA0 " + std::to_string(i * 7919) + "\n\xF0\x9F\x8C\xBE";
    CHECK(fim.chooses(document));
    const Parts p = parts_of(t, fim.encode(document), kWords);
    CHECK(p.prefix + p.middle + p.suffix == document);
  }
}

TEST_CASE("each pair of cuts comes up, also at the ends") {
  const text::Tokenizer t = with(kWords);
  std::map<std::string, int> seen;
  for (uint64_t seed = 0; seed < 900; ++seed) {
    const Parts p = parts_of(t, FillInMiddle(t, 1, seed).encode("ab"), kWords);
    ++seen[p.prefix + "|" + p.middle + "|" + p.suffix];
  }
  REQUIRE(seen.size() == 6);
  for (const auto& [cut, times] : seen) {  // of nine pairs, those with two different places come up twice as often
    const bool same = cut.find("||") != std::string::npos;
    CAPTURE(cut);
    CHECK(times > (same ? 60 : 140));
  }
}

TEST_CASE("the rate is met, and seed and document alone decide") {
  const text::Tokenizer t = with(kWords);
  const FillInMiddle fim(t, 0.1, 5), again(t, 0.1, 5), other(t, 0.1, 6);
  int chosen = 0, both = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string document = "document " + std::to_string(i);
    chosen += fim.chooses(document) ? 1 : 0;
    both += fim.chooses(document) && other.chooses(document) ? 1 : 0;
    CHECK(fim.chooses(document) == again.chooses(document));
  }
  CHECK(chosen > 1850);
  CHECK(chosen < 2150);
  CHECK(both < 300);
  CHECK(fim.encode("a document") == again.encode("a document"));
  CHECK_FALSE(FillInMiddle(t, 0, 5).chooses("a document"));
}

TEST_CASE("a document that spells a mark out gets its characters, not its token") {
  const text::Tokenizer t = with(kWords);
  const std::vector<int32_t> ids = FillInMiddle(t, 1, 1).encode("a <|fim_hole|> b <eos> c");
  CHECK(std::count(ids.begin(), ids.end(), *t.id_of("<|fim_hole|>")) == 1);
  CHECK(std::count(ids.begin(), ids.end(), *t.eos()) == 0);
}

TEST_CASE("the marks of other families are known, and what is missing is named") {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"<\xEF\xBD\x9C"
                                 "fim\xE2\x96\x81"
                                 "begin\xEF\xBD\x9C>",
                                 "<\xEF\xBD\x9C"
                                 "fim\xE2\x96\x81"
                                 "hole\xEF\xBD\x9C>",
                                 "<\xEF\xBD\x9C"
                                 "fim\xE2\x96\x81"
                                 "end\xEF\xBD\x9C>"},
        std::vector<std::string>{"<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"},
        std::vector<std::string>{"<fim_prefix>", "<fim_suffix>", "<fim_middle>"}}) {
    const text::Tokenizer t = with(words);
    const Parts p = parts_of(t, FillInMiddle(t, 1, 1).encode("a document"), words);
    CHECK(p.prefix + p.middle + p.suffix == "a document");
  }
  CHECK_THROWS_WITH_AS(FillInMiddle(with({"<|fim_prefix|>", "<|fim_middle|>"}), 0.1, 1),
                       doctest::Contains("the tokenizer has no token <|fim_suffix|>"), Error);
  CHECK_THROWS_WITH_AS(FillInMiddle(with({}), 0.1, 1), doctest::Contains("<|fim_begin|>, <|fim_hole|>, <|fim_end|>"),
                       Error);
  CHECK_NOTHROW(FillInMiddle(with({}), 0, 1));
}
