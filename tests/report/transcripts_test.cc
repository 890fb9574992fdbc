#include "millet/report/transcripts.h"

#include <doctest/doctest.h>

using namespace millet::report;

namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

Evaluation evaluation(const std::vector<int64_t>& difficulties) {
  Evaluation e;
  for (size_t i = 0; i < difficulties.size(); ++i)
    e.transcripts.push_back({.difficulty = difficulties[i], .prompt = "p" + std::to_string(i), .answer = "1"});
  return e;
}

}  // namespace

TEST_CASE("an answer shows its verdict and length, its thinking folded and with every wait marked") {
  const AnsweredProblem p = {
      .prompt = "7*7+4=?",
      .right_answer = "3",
      .answers = {{.who = "before RL", .thinking = "", .given = "5", .right = false, .truncated = false, .tokens = 6},
                  {.who = "after RL",
                   .thinking = "7*7=8wait7*7=9+4=4wait9+4=3",
                   .given = "3",
                   .right = true,
                   .truncated = false,
                   .tokens = 31}}};
  const std::string html = to_html(p, false);
  CHECK(contains(html, "7*7+4=?"));
  CHECK(contains(html, "verdict wrong\">✗ 5</span>"));
  CHECK(contains(html, "answered without thinking"));
  CHECK(contains(html, "verdict right\">✓ 3</span>"));
  CHECK(contains(html, "31 tokens"));
  CHECK(contains(html, "7*7=8<mark>wait</mark>7*7=9+4=4<mark>wait</mark>9+4=3"));
  CHECK(contains(html, "<details><summary>"));
  CHECK(contains(to_html(p, true), "<details open>"));
}

TEST_CASE("what a model says stays text") {
  const std::string odd = "</div><script>alert(1)</script>";
  const std::string html = to_html(
      {.prompt = odd, .right_answer = odd, .answers = {{.who = odd, .thinking = odd + "wait" + odd, .given = odd}}},
      true);
  CHECK_FALSE(contains(html, "<script>"));
  CHECK_FALSE(contains(html, "</div><script"));
}

TEST_CASE("no answer and a cut-off one are said to be that") {
  const std::string html = to_html(
      {.prompt = "p",
       .right_answer = "3",
       .answers = {{.who = "", .thinking = "7*7", .given = "", .right = false, .truncated = true, .tokens = 80}}},
      false);
  CHECK(contains(html, "✗ no answer"));
  CHECK(contains(html, "80 tokens, cut off"));
}

TEST_CASE("problems stand side by side where every evaluation has them, the first few over the whole range") {
  const Evaluation before = evaluation({4, 5, 6, 7, 4, 5});
  Evaluation after = before;
  after.transcripts.erase(after.transcripts.begin() + 4);  // "p4" is in one of them alone
  const auto problems = side_by_side({{"before", &before}, {"after", &after}});
  std::string order;
  for (const AnsweredProblem& p : problems) {
    order += p.prompt + " ";
    CHECK(p.answers.size() == 2);
  }
  CHECK(order == "p0 p2 p1 p3 p5 ");
  CHECK(side_by_side({}).empty());
}

TEST_CASE("cards beyond the first few are folded, none is lost") {
  std::vector<AnsweredProblem> problems(7, {.prompt = "p", .right_answer = "1", .answers = {}});
  const std::string html = to_html(problems, 5);
  CHECK(contains(html, "<summary>2 more</summary>"));
  size_t cards = 0;
  for (size_t at = html.find("class=\"problem\""); at != std::string::npos; at = html.find("class=\"problem\"", at + 1))
    ++cards;
  CHECK(cards == 7);
}
