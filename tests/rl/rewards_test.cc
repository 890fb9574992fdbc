#include "millet/rl/rewards.h"

#include <doctest/doctest.h>

#include "millet/data/streams.h"
#include "millet/tasks/list.h"
#include "millet/tasks/split.h"
#include "millet/text/thinking.h"

using namespace millet;

namespace {
struct Fixture {
  data::Config data;
  text::Tokenizer tokenizer;
  text::ThinkingFormat format{tokenizer};
  const tasks::Task& task = tasks::find("chain");
  tasks::Problem problem;

  Fixture() : data(chains()), tokenizer(data::make_tokenizer(data)) {
    Rng rng(1, "test");
    problem = task.generate(rng, {4, 4});
  }
  static data::Config chains() {
    data::Config c;
    c.mix["chain"] = {.task = "chain"};
    return c;
  }
  report::Reward reward(const std::vector<int32_t>& ids, const rl::RewardConfig& config = {},
                        int64_t sample = 0) const {
    const eval::Grade grade = eval::grade(format, task, problem, ids);
    return rl::reward(config, 20, {.grade = grade, .ids = ids, .form = format},
                      {.seed = 1, .step = 2, .sample = sample});
  }
  std::string wrong() const { return std::to_string((std::stoi(problem.answer) + 1) % 10); }
};
}  // namespace

TEST_CASE("a right answer in the form earns both parts, a wrong one the form alone") {
  const Fixture f;
  CHECK(f.reward(f.format.response("", f.problem.answer)).total == doctest::Approx(1.1));
  CHECK(f.reward(f.format.response("1+1=2", f.wrong())).total == doctest::Approx(0.1));
}

TEST_CASE("an answer outside the form earns nothing: cut off, without tags, said twice") {
  const Fixture f;
  auto ids = f.format.response("", f.problem.answer);
  auto cut = ids;
  cut.pop_back();
  CHECK(f.reward(cut).total == 0);
  CHECK(f.reward(f.tokenizer.encode(f.problem.answer)).total == 0);
  auto twice = ids;
  twice.insert(twice.begin(), ids.begin(), ids.end() - 1);
  CHECK(f.reward(twice).total == 0);
  CHECK(f.reward({}).total == 0);
}

TEST_CASE("the coin of the control does not look at the answer, and keeps the reward of the form") {
  const Fixture f;
  const rl::RewardConfig config{.kind = "random"};
  int heads = 0;
  for (int64_t sample = 0; sample < 2000; ++sample) {
    const auto right = f.reward(f.format.response("", f.problem.answer), config, sample);
    const auto wrong = f.reward(f.format.response("", f.wrong()), config, sample);
    CHECK(right.total == wrong.total);
    heads += right.parts[0].second > 0 ? 1 : 0;
  }
  CHECK(heads > 900);
  CHECK(heads < 1100);
}

TEST_CASE("the looser form needs one thought and its end, and a right answer still the strict one") {
  const Fixture f;
  const rl::RewardConfig config{.form = "think"};
  auto ids = f.format.response("1+1=2", f.problem.answer);
  CHECK(f.reward(ids, config).total == doctest::Approx(1.1));
  ids.pop_back();  // cut off
  CHECK(f.reward(ids, config).total == doctest::Approx(0.1));
  ids.resize(3);  // within the thought
  CHECK(f.reward(ids, config).total == 0);
}

TEST_CASE("penalties are parts of the reward where the recipe gives them a weight") {
  const Fixture f;
  const rl::RewardConfig config{.overlong = 2, .overlong_cache = 15, .repetition = 0.5, .repetition_ngram = 1};
  const auto ids = f.format.response("1+1+1+1", f.problem.answer);  // 13 tokens with the end
  REQUIRE(ids.size() == 13);
  const report::Reward r = f.reward(ids, config);
  REQUIRE(r.parts.size() == 4);
  CHECK(r.parts[2].first == "overlong");
  CHECK(r.parts[2].second == doctest::Approx(2 * (5 - 13) / 15.0));
  CHECK(r.parts[3].first == "repetition");
  CHECK(r.parts[3].second < 0);
  CHECK(r.total == doctest::Approx(1.1 + r.parts[2].second + r.parts[3].second));
  CHECK(rl::formula(config, 20).find("overlong = 0 up to 5 tokens, (5 − |o_i|) / 15 up to 20, −1 beyond") !=
        std::string::npos);
  CHECK(rl::formula(config, 20).find("1-grams") != std::string::npos);
  CHECK(rl::formula({.kind = "random"}, 20).find("a coin, 0.5 of the time") != std::string::npos);
}
