#include <doctest/doctest.h>

#include <string>

#include "millet/io/jsonl.h"
#include "millet/tasks/math/boxed.h"
#include "millet/tasks/math/gsm8k.h"
#include "tests/core/test_data.h"

using namespace millet;
using namespace millet::tasks::math;

TEST_CASE("the value stands behind the last mark, on its line") {
  CHECK(gsm8k_value("2 + 2 = 4\n#### 4") == "4");
  CHECK(gsm8k_value("A: 1\nA: $1,234.50 \nmore") == "1234.50");
  CHECK(gsm8k_value("#### 3 A: 5") == "5");
  CHECK(gsm8k_value("A: 3 #### 5") == "5");
  CHECK_FALSE(gsm8k_value("the answer is 5"));
}

TEST_CASE("a bare value and a worked answer are the same gold") {
  CHECK(gsm8k_correct("18", "so\nA: 18"));
  CHECK(gsm8k_correct("x\n#### 1,800", "A: 1800"));
  CHECK(gsm8k_correct("A: 1800", "#### 1,800.00"));
  CHECK(gsm8k_correct("-3", "#### -3"));
  CHECK_FALSE(gsm8k_correct("18", "18"));
  CHECK_FALSE(gsm8k_correct("18", "A: 180"));
  CHECK_FALSE(gsm8k_correct("18", "A: 18\nA:"));
  CHECK_FALSE(gsm8k_correct("", "A: "));
}

TEST_CASE("all judgements of published solutions are found again") {
  if (!tests::has_test_data("math/gsm8k_model_solutions.jsonl")) return;
  io::JsonlReader reader(tests::kTestData / "math/gsm8k_model_solutions.jsonl");
  int judged = 0, agreed = 0;
  while (const auto line = reader.next()) {
    const std::string answer = line->value.at("ground_truth").as_string();
    for (const auto& [key, value] : line->value.members()) {
      if (!value.is_object()) continue;
      ++judged;
      agreed += gsm8k_correct(answer, value.at("solution").as_string()) == value.at("is_correct").as_bool() ? 1 : 0;
    }
  }
  CHECK(judged == 4476);
  CHECK(agreed == 4476);
}

TEST_CASE("the last box holds the answer") {
  CHECK(last_boxed("\\boxed{1} and \\fbox{2}") == "2");
  CHECK(last_boxed("\\boxed{\\frac{1}{2}} x") == "\\frac{1}{2}");
  CHECK(last_boxed("so \\boxed 5$") == "5");
  CHECK_FALSE(last_boxed("\\boxed{1"));
  CHECK_FALSE(last_boxed("5"));
  CHECK(boxed_contents("\\boxed{1}, then \\boxed{2}", false) == "1,2");
  CHECK(boxed_contents("\\boxed{1} and at very great length \\boxed{2}", true) == "1,2");
  CHECK(boxed_contents("\\boxed{1} after a very great length \\boxed{2}", true) == "2");
  CHECK(boxed_contents("none", true) == "none");
}

TEST_CASE("the last box of every solution of MATH-500 is its answer") {
  if (!tests::has_test_data("math/math500.jsonl")) return;
  io::JsonlReader reader(tests::kTestData / "math/math500.jsonl");
  int problems = 0;
  while (const auto line = reader.next()) {
    ++problems;
    CHECK(last_boxed(line->value.at("solution").as_string()) == line->value.at("answer").as_string());
  }
  CHECK(problems == 500);
}
