#include "millet/eval/accuracy.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "millet/core/error.h"
#include "millet/tasks/list.h"
#include "millet/tasks/split.h"
#include "millet/text/thinking.h"
#include "tests/infer/markov_model.h"

using namespace millet;
using namespace millet::eval;

namespace {

// A model that thinks "wait" or nothing, and answers any digit; greedily it thinks nothing and answers 9.
struct Fixture {
  Fixture()
      : tokenizer(text::Tokenizer::characters(tasks::find("chain").alphabet(), words())),
        format(tokenizer),
        model(tokenizer),
        ctx(*model.device, 1),
        engine(model.decoder, {.max_rows = 64, .cache_pages = 64}),
        problems(tasks::evaluation_set(tasks::find("chain"), tasks::Split::test, {4, 6}, 100, 1)) {
    model.follow("?", {"<think>"});
    model.follow("<think>", {"wait", "</think>"});
    model.follow("wait", {"</think>"});
    model.follow("</think>", {"<answer>"});
    model.follow("<answer>", {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
    for (const char* digit : {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}) model.follow(digit, {"</answer>"});
    model.follow("</answer>", {"<eos>"});
  }
  static std::vector<std::string> words() {
    std::vector<std::string> all = text::thinking_tags();
    all.emplace_back("wait");
    return all;
  }
  report::Evaluation run(AccuracyOptions options) {
    options.max_new_tokens = std::min<int64_t>(options.max_new_tokens, 50);
    return accuracy(ctx, engine, format, tasks::find("chain"), problems, options);
  }

  text::Tokenizer tokenizer;
  text::ThinkingFormat format;
  infer::MarkovModel model;
  Context ctx;
  infer::Engine engine;
  std::vector<tasks::Problem> problems;
};

}  // namespace

TEST_CASE("a problem that is too long for the model is wrong, counted and named; the others are asked") {
  Fixture f;
  const report::Evaluation before = f.run({.sampled_problems = 4, .samples = 2});
  CHECK(before.too_long == 0);
  tasks::Problem& second = f.problems[1];
  second.prompt = std::string(static_cast<size_t>(f.engine.max_positions()) + 1, '1') + "?";
  second.place = "test.jsonl:7";
  const report::Evaluation e = f.run({.sampled_problems = 4, .samples = 2});
  CHECK(e.too_long == 1);
  CHECK(e.first_too_long.starts_with("test.jsonl:7: "));
  CHECK(e.right.size() == 100);
  CHECK(e.right[1] == '0');
  CHECK(e.right[0] == before.right[0]);
  CHECK(e.right.substr(2) == before.right.substr(2));
}

TEST_CASE("problems that leave fewer positions than an answer may have are counted, with the lowest limit") {
  Fixture f;
  const report::Evaluation before = f.run({});
  CHECK(before.limited == 0);
  CHECK(before.lowest_limit == 0);
  const auto room = [&](size_t i) {
    return f.engine.max_positions() + 1 - static_cast<int64_t>(f.format.prompt(f.problems[i].prompt).size());
  };
  const auto leave = [&](size_t i, int64_t most) {
    while (room(i) > most) f.problems[i].prompt.insert(0, "1+");
  };
  leave(1, 5);
  leave(3, 20);
  leave(4, 52);
  const report::Evaluation e = f.run({.max_new_tokens = 50});
  CHECK(e.max_new_tokens == 50);
  CHECK(e.limited == 2);
  CHECK(e.lowest_limit == room(1));
  CHECK(e.too_long == 0);
  CHECK(e.right[1] == '0');  // its answer has six tokens
  const report::Evaluation open = f.run({.max_new_tokens = 0});
  CHECK(open.limited == 0);
  CHECK(open.right == e.right);
}

TEST_CASE("a model that always answers 9 is right where 9 is the answer") {
  Fixture f;
  const auto nines = std::count_if(f.problems.begin(), f.problems.end(), [](const auto& p) { return p.answer == "9"; });
  const report::Evaluation e = f.run({.name = "test", .model = "runs/x", .transcripts = 3});
  CHECK(e.pass1 == doctest::Approx(static_cast<double>(nines) / 100));
  CHECK(e.length == 6);  // <think></think><answer>9</answer><eos>
  CHECK(e.thinks == 0);
  CHECK(e.truncated == 0);
  CHECK(e.problems == 100);
  CHECK(e.task == "chain");
  CHECK(e.model == "runs/x");
  CHECK(e.sampled.k == 0);
  REQUIRE(e.right.size() == 100);
  for (size_t i = 0; i < 100; ++i) CHECK((e.right[i] == '1') == (f.problems[i].answer == "9"));
  CHECK(e.set == f.run({}).set);
  std::swap(f.problems[0], f.problems[1]);
  CHECK(e.set != f.run({}).set);
  std::swap(f.problems[0], f.problems[1]);
  int64_t problems = 0;
  double right = 0;
  for (const report::DifficultyRow& row : e.by_difficulty) {
    problems += row.problems;
    right += row.pass1 * static_cast<double>(row.problems);
  }
  CHECK(e.by_difficulty.size() == 3);
  CHECK(problems == 100);
  CHECK(right == doctest::Approx(static_cast<double>(nines)));
  REQUIRE(e.transcripts.size() == 3);
  CHECK(e.transcripts[0].prompt == f.problems[0].prompt);
  CHECK(e.transcripts[0].response == "<think></think><answer>9</answer>");
  CHECK(e.transcripts[0].given == "9");
  CHECK(e.transcripts[0].tokens == 6);
  CHECK(e.transcripts[0].right == (f.problems[0].answer == "9"));
}

TEST_CASE("samples of a guesser give pass@1 of one in ten and pass@k of 1 - 0.9^k") {
  Fixture f;
  const report::Sampling s = f.run({.seed = 4, .sampled_problems = 100, .samples = 40, .k = 16}).sampled;
  CHECK(s.problems == 100);
  CHECK(s.k == 16);
  REQUIRE(s.pass_at.size() == 5);  // 1, 2, 4, 8, 16
  CHECK(s.pass_at[0].pass == doctest::Approx(s.pass1));
  CHECK(s.pass_at[2].k == 4);
  CHECK(s.pass_at[2].pass == doctest::Approx(1 - std::pow(0.9, 4)).epsilon(0.1));
  CHECK(s.pass_at[4].pass == s.pass_k);
  CHECK(s.pass1 == doctest::Approx(0.1).epsilon(0.1));
  CHECK(s.pass_k == doctest::Approx(1 - std::pow(0.9, 16)).epsilon(0.05));
  CHECK(s.thinks == doctest::Approx(0.5).epsilon(0.1));
  CHECK(s.wait == s.thinks);
  CHECK(s.wait_long == 1);
  CHECK(s.length == doctest::Approx(6 + s.thinks));
}

TEST_CASE("pass@k and cons@k follow from what is kept of each problem's samples") {
  Fixture f;
  const report::Sampling s = f.run({.seed = 4, .sampled_problems = 50, .samples = 16}).sampled;
  CHECK(s.samples == 16);
  CHECK(s.k == 16);
  REQUIRE(s.by_problem.size() == 50);
  std::vector<double> pass(s.pass_at.size(), 0.0);
  int agreed = 0;
  for (const report::SampledProblem& p : s.by_problem) {
    int64_t given = 0, right = 0;
    const report::SampledProblem::Answer* commonest = nullptr;
    for (const auto& a : p.answers) {
      given += a.count;
      right += a.right ? a.count : 0;
      if (commonest == nullptr || a.count > commonest->count) commonest = &a;
    }
    CHECK(given == 16);
    CHECK(right == p.right);
    agreed += commonest->right ? 1 : 0;
    for (size_t i = 0; i < pass.size(); ++i) {
      double none = 1;  // no right one among k that are drawn without putting back
      for (int64_t j = 0; j < s.pass_at[i].k; ++j)
        none *= static_cast<double>(std::max<int64_t>(0, 16 - p.right - j)) / static_cast<double>(16 - j);
      pass[i] += (1 - none) / 50;
    }
  }
  CHECK(s.cons_k == doctest::Approx(agreed / 50.0));
  for (size_t i = 0; i < pass.size(); ++i) CHECK(s.pass_at[i].pass == doctest::Approx(pass[i]));
}

TEST_CASE("a task whose characters the model lacks is refused by name, before any is asked") {
  Fixture f;
  CHECK_NOTHROW(check_prompts(f.format, tasks::find("chain"), f.problems, "x"));
  const tasks::Task& parity = tasks::find("parity");
  const auto others = tasks::evaluation_set(parity, tasks::Split::test, parity.default_range(), 5, 1);
  CHECK_THROWS_WITH_AS(check_prompts(f.format, parity, others, "leave it out"),
                       doctest::Contains("the model cannot be asked task 'parity' (leave it out): the character 'p'"),
                       Error);
}

TEST_CASE("the same seed gives the same evaluation whatever the engine's sizes") {
  Fixture f;
  const AccuracyOptions options{.max_new_tokens = 50, .seed = 4, .sampled_problems = 20, .samples = 8};
  const report::Sampling a = f.run(options).sampled;
  infer::Engine small(f.model.decoder, {.max_rows = 3, .cache_pages = 2});
  const report::Sampling b = accuracy(f.ctx, small, f.format, tasks::find("chain"), f.problems, options).sampled;
  CHECK(a.pass1 == b.pass1);
  CHECK(a.length == b.length);
  AccuracyOptions other = options;
  other.seed = 5;
  CHECK(f.run(other).sampled.length != a.length);
}

TEST_CASE("what is cut off is wrong and counted") {
  Fixture f;
  const report::Evaluation e = f.run({.max_new_tokens = 5, .transcripts = 1});
  CHECK(e.pass1 == 0);
  CHECK(e.truncated == 1);
  CHECK(e.length == 5);
  CHECK(e.transcripts[0].truncated);
  CHECK(e.transcripts[0].given.empty());
}

TEST_CASE("an answer ends where the model's positions do, however long it may be") {
  Fixture f;
  infer::Engine small(f.model.decoder, {.max_rows = 64, .cache_pages = 1});
  const report::Evaluation e =
      accuracy(f.ctx, small, f.format, tasks::find("chain"), f.problems, {.max_new_tokens = 100000});
  CHECK(e.length < 64);
  CHECK(e.truncated == 0);
}

TEST_CASE("progress counts greedy answers and samples together, up to all of them") {
  Fixture f;
  for (int round = 0; round < 2; ++round) {  // the engine has finished others before
    int64_t last = 0;
    bool greedy = false;
    f.run({.sampled_problems = 20, .samples = 4, .on_progress = [&](int64_t done, int64_t total) {
             CHECK(done >= last);
             CHECK(total == 180);
             greedy |= done == 100;
             last = done;
           }});
    CHECK(last == 180);
    CHECK(greedy);
  }
}

TEST_CASE("chance is the share of the commonest answer") {
  std::vector<tasks::Problem> problems(5);
  for (size_t i = 0; i < 5; ++i) problems[i].answer = i < 3 ? "x" : std::string(1, static_cast<char>('a' + i));
  CHECK(chance(problems) == doctest::Approx(0.6));
}

TEST_CASE("impossible evaluations are refused") {
  Fixture f;
  CHECK_THROWS_WITH_AS(f.run({.sampled_problems = 5, .samples = 4, .k = 8}), doctest::Contains("pass@8 from 4"), Error);
  f.problems.clear();
  CHECK_THROWS_WITH_AS(f.run({}), doctest::Contains("no problems"), Error);
}
