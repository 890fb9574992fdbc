#include "millet/eval/grade.h"

#include <doctest/doctest.h>

#include "millet/tasks/list.h"
#include "millet/text/thinking.h"

using namespace millet;
using namespace millet::eval;

namespace {

const tasks::Problem kProblem{.prompt = "3+4*7=?", .answer = "9", .canonical = "3+4*7", .difficulty = 2};

struct Fixture {
  Fixture() : tokenizer(text::Tokenizer::characters("*+-0123456789=?", words())), format(tokenizer) {}
  static std::vector<std::string> words() {
    std::vector<std::string> all = text::thinking_tags();
    all.emplace_back("wait");
    return all;
  }
  Grade of(std::string_view response) {
    return grade(format, tasks::find("chain"), kProblem, tokenizer.encode(response, {.allow_special = true}));
  }
  text::Tokenizer tokenizer;
  text::ThinkingFormat format;
};

}  // namespace

TEST_CASE("only a well-formed right answer is right") {
  Fixture f;
  CHECK(f.of("<think></think><answer>9</answer><eos>").right);
  CHECK(f.of("<think>3+4=7*7=9</think><answer>9</answer><eos>").right);
  for (const char* wrong : {"<think></think><answer>8</answer><eos>", "<think></think><answer>9</answer>",
                            "<answer>9</answer><eos>", "<think></think><answer>09</answer><eos>", "9<eos>", ""}) {
    CAPTURE(wrong);
    CHECK_FALSE(f.of(wrong).right);
  }
}

TEST_CASE("thoughts and their second thoughts are counted") {
  Fixture f;
  CHECK_FALSE(f.of("<think></think><answer>9</answer><eos>").thinks);
  const Grade g = f.of("<think>3+4=6wait3+4=7*7=1wait7*7=9</think><answer>9</answer><eos>");
  CHECK(g.thinks);
  CHECK(g.waits == 2);
  CHECK(g.right);
}
