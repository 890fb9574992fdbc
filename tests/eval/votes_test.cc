#include "millet/eval/votes.h"

#include <doctest/doctest.h>

using millet::eval::Votes;

TEST_CASE("the commonest answer wins, of several the first; silence wins nothing") {
  Votes votes;
  CHECK_FALSE(votes.winner_is_right());
  votes.add("", false);
  CHECK_FALSE(votes.winner_is_right());
  votes.add("7", true);
  CHECK(votes.winner_is_right());
  votes.add("8", false);
  CHECK(votes.winner_is_right());  // one each: 7 came first
  votes.add("8", false);
  CHECK_FALSE(votes.winner_is_right());
  CHECK(votes.cast() == 4);
  REQUIRE(votes.answers().size() == 2);
  CHECK(votes.answers()[0].text == "7");
  CHECK(votes.answers()[0].count == 1);
  CHECK(votes.answers()[0].right);
  CHECK(votes.answers()[1].text == "8");
  CHECK(votes.answers()[1].count == 2);
}
