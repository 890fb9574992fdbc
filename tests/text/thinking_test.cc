#include "millet/text/thinking.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "millet/core/error.h"

using namespace millet;
using namespace millet::text;

namespace {

const Tokenizer& tokenizer() {
  static const Tokenizer t = Tokenizer::characters("0123456789+-*=?<>/thinkaswer", [] {
    std::vector<std::string> words = thinking_tags();
    words.emplace_back("wait");
    return words;
  }());
  return t;
}

// The response that a text with marks spelled out stands for, as tokens.
Response split(std::string_view marked) {
  return ThinkingFormat(tokenizer()).split(tokenizer().encode(marked, {.allow_special = true}));
}

}  // namespace

TEST_CASE("what the format writes it finds well formed, and splits again") {
  const ThinkingFormat format(tokenizer());
  for (const char* thinking : {"", "3+4=7", "3+4=8wait3+4=7"}) {
    const Response r = format.split(format.response(thinking, "42"));
    CHECK(r.well_formed);
    CHECK(r.thinking == thinking);
    CHECK(r.answer == "42");
    CHECK(r.other.empty());
  }
  CHECK(format.response("1", "2") ==
        tokenizer().encode("<think>1</think><answer>2</answer><eos>", {.allow_special = true}));
  CHECK(format.prompt("1+1=?") == tokenizer().encode("<bos>1+1=?", {.allow_special = true}));
}

TEST_CASE("anything but the exact form is not well formed") {
  CHECK(split("<think>1</think><answer>2</answer><eos>").well_formed);
  for (const char* wrong : {
           "",
           "<eos>",
           "2<eos>",
           "<think>1</think><answer>2</answer>",        // cut off before the end
           "<think>1</think><answer>2<eos>",            // not closed
           "<think>1<answer>2</answer><eos>",           // thinking not closed
           "1</think><answer>2</answer><eos>",          // not opened
           "<answer>2</answer><eos>",                   // no thinking
           "<think>1</think><eos>",                     // no answer
           "<think>1</think><answer></answer><eos>",    // an empty one
           "<think>1</think>2<answer>2</answer><eos>",  // text between
           "2<think>1</think><answer>2</answer><eos>",  // before
           "<think>1</think><answer>2</answer>2<eos>",  // after
           "<answer>2</answer><think>1</think><eos>",   // the other way round
           "<think>1</think><answer>2</answer><answer>3</answer><eos>",
           "<think>1</think><think>1</think><answer>2</answer><eos>",
           "<think><think>1</think><answer>2</answer><eos>",
           "<think>1</think><answer><answer>2</answer><eos>",
           "<think>1</think><answer>2</answer></answer><eos>",
           "<think>1<bos></think><answer>2</answer><eos>",
           "<think>1<pad></think><answer>2</answer><eos>",
           "<think>1</think><answer>2<pad></answer><eos>",
           "<think>1</think><answer>2</answer><pad><eos>",
       }) {
    CAPTURE(wrong);
    CHECK_FALSE(split(wrong).well_formed);
  }
}

TEST_CASE("a tag that is spelled out in characters is not a tag") {
  const ThinkingFormat format(tokenizer());
  const std::vector<int32_t> faked = tokenizer().encode("<think>1</think><answer>2</answer>");
  std::vector<int32_t> ids = faked;
  ids.push_back(format.eos());
  const Response all_faked = format.split(ids);
  CHECK_FALSE(all_faked.well_formed);
  CHECK_FALSE(all_faked.has_answer);
  CHECK(all_faked.other == "<think>1</think><answer>2</answer>");
  // Inside a true thought it is text of the thought, and the true answer is the answer.
  const Response r = format.split(format.response("</think><answer>9</answer>", "2"));
  CHECK(r.well_formed);
  CHECK(r.thinking == "</think><answer>9</answer>");
  CHECK(r.answer == "2");
  // A prompt cannot smuggle one in either.
  for (const int32_t id : format.prompt("<think></think>"))
    CHECK((id == format.bos() || tokenizer().added(id) == nullptr));
}

TEST_CASE("of a response without the form, what is there is told apart") {
  const Response cut = split("<think>3+4=7");
  CHECK(cut.has_thinking);
  CHECK(cut.thinking == "3+4=7");
  CHECK_FALSE(cut.has_answer);
  const Response twice = split("1<think>2</think>3<answer>4</answer><answer>5</answer>6<eos>");
  CHECK(twice.thinking == "2");
  CHECK(twice.answer == "4");
  CHECK(twice.other == "1356");
  CHECK(split("<think>1<answer>2</answer><eos>").answer == "2");
}

TEST_CASE("what follows the end of the sequence is ignored") {
  const ThinkingFormat format(tokenizer());
  std::vector<int32_t> ids = format.response("1", "2");
  ids.push_back(format.answer());
  ids.push_back(0);
  CHECK(format.split(ids).well_formed);
  CHECK(format.split(ids).answer == "2");
}

TEST_CASE("an id without a token is no answer") {
  const ThinkingFormat format(tokenizer());
  const std::vector<int32_t> ids = {format.think(), format.think_end(),  format.answer(),
                                    5000,           format.answer_end(), format.eos()};
  CHECK_FALSE(format.split(ids).well_formed);
}

TEST_CASE("a text with tags spelled out is split by the same rules") {
  const Response r = split_response("<think>3+4=7</think><answer>7</answer>");
  CHECK(r.well_formed);
  CHECK(r.thinking == "3+4=7");
  CHECK(r.answer == "7");
  CHECK_FALSE(split_response("<think>3</think> <answer>7</answer>").well_formed);
  CHECK_FALSE(split_response("<think>3</think><answer>7</answer>\n").well_formed);
  CHECK_FALSE(split_response("<think>3</think><answer></answer>").well_formed);
  CHECK(split_response("just text").other == "just text");
  CHECK(split_response("<think>a</answer>b").other == "b");
}

TEST_CASE("a tokenizer without the tags is refused by the missing one") {
  const Tokenizer plain = Tokenizer::bytes();
  CHECK_THROWS_WITH_AS(ThinkingFormat{plain}, doctest::Contains("no token <think>"), Error);
}
