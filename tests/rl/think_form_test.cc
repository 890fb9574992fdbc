#include "millet/rl/rules/think_form.h"

#include <doctest/doctest.h>

#include "tests/rl/reward_cases.h"

using namespace millet;
using namespace millet::rl;

TEST_CASE("one thought in the beginning, closed; whatever follows") {
  CHECK(think_form("<think>a</think>b"));
  CHECK(think_form("<think></think>"));
  CHECK(think_form("<think>a\n</think></think>"));
  CHECK_FALSE(think_form(""));
  CHECK_FALSE(think_form(" <think>a</think>b"));
  CHECK_FALSE(think_form("<think>a"));
  CHECK_FALSE(think_form("<think>a</think>b<think>"));
  CHECK_FALSE(think_form("</think><think>"));
}

TEST_CASE("the form equals TRL's think format") {
  for (const io::Json& c : tests::reward_cases("think_format")) {
    CAPTURE(c.at("completion").as_string());
    CHECK(think_form(c.at("completion").as_string()) == (c.at("expected").as_double() == 1));
  }
}
