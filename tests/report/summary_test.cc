#include "millet/report/summary.h"

#include <doctest/doctest.h>

#include <cmath>

#include "millet/io/file.h"
#include "millet/io/json.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::report;

namespace {

Summary good() {
  return {.recipe = "recipes/demo.toml",
          .seed = 1,
          .chance = 0.113,
          .before = {.pass1 = 0.109, .passk = 0.945, .length = 6},
          .after = {.pass1 = 1, .passk = 1, .length = 39},
          .random_reward = {.pass1 = 0.105, .passk = 0.9, .length = 6},
          .supervised = {.pass1 = 0.104, .passk = 0.97, .length = 6},
          .ratio_tokens = 898000,
          .ratio_mismatches = 0,
          .seconds = {{"pretrain", 207}, {"rl", 80}}};
}

int holding(const Summary& s) {
  int n = 0;
  for (const Claim& c : claims(s)) n += c.holds ? 1 : 0;
  return n;
}

}  // namespace

TEST_CASE("a summary has exactly the keys of its contract and reads back as it was") {
  const TemporaryDirectory tmp;
  write_summary(tmp.path(), good());
  const io::Json json = io::read_json(tmp.path() / "summary.json");
  std::string keys;
  for (const auto& [key, value] : json.members()) keys += key + " ";
  CHECK(keys == "recipe seed chance before after controls ratio_exactly_one ratio seconds ");
  CHECK(json.at("ratio_exactly_one").as_bool());
  CHECK(json.at("controls").at("random_reward").at("pass1").as_double() == 0.105);
  const Summary back = read_summary(tmp.path());
  CHECK(back.recipe == "recipes/demo.toml");
  CHECK(back.seed == 1);
  CHECK(back.before.passk == 0.945);
  CHECK(back.after.length == 39);
  CHECK(back.supervised.pass1 == 0.104);
  CHECK(back.ratio_tokens == 898000);
  CHECK(back.seconds == good().seconds);
}

TEST_CASE("each claim fails when its figure does, and only it") {
  CHECK(claims(good()).size() == 5);
  CHECK(holding(good()) == 5);
  Summary s = good();
  s.before.pass1 = 0.32;  // and so the control is no longer near it
  s.random_reward.pass1 = 0.32;
  CHECK_FALSE(claims(s)[0].holds);
  CHECK(holding(s) == 4);
  s = good();
  s.after.pass1 = 0.89;
  CHECK_FALSE(claims(s)[1].holds);
  s = good();
  s.after.length = 11.9;
  CHECK_FALSE(claims(s)[2].holds);
  s = good();
  s.random_reward.pass1 = 0.277;
  CHECK_FALSE(claims(s)[3].holds);
  s = good();
  s.ratio_mismatches = 1;
  CHECK_FALSE(claims(s)[4].holds);
  s = good();
  s.ratio_tokens = 0;
  CHECK_FALSE(claims(s)[4].holds);
}

TEST_CASE("a figure that is not known supports no claim") {
  CHECK(holding(Summary{}) == 0);
}
