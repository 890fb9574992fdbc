#include "millet/report/evaluation.h"

#include <doctest/doctest.h>

#include <cmath>

#include "millet/io/file.h"
#include "tests/io/error_of.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::report;

TEST_CASE("an evaluation reads back as it was, unknown figures as unknown") {
  const TemporaryDirectory tmp;
  const Evaluation e = {.name = "test",
                        .task = "arithmetic_chain",
                        .model = "runs/demo/base",
                        .set = "00ff",
                        .problems = 512,
                        .chance = 0.113,
                        .pass1 = 0.109,
                        .length = 6,
                        .thinks = 0,
                        .right = "0101",
                        .sampled = {.temperature = 1,
                                    .problems = 128,
                                    .samples = 20,
                                    .k = 16,
                                    .pass1 = 0.203,
                                    .pass_k = 0.945,
                                    .pass_at = {{1, 0.203}, {16, 0.945}},
                                    .length = 12.4,
                                    .thinks = 0.189,
                                    .wait = 0.036,
                                    .wait_long = 0.189,
                                    .by_problem = {{.right = 3, .answers = {{"7", 12, false}, {"\"", 3, true}}},
                                                   {.right = 0, .answers = {}}}},
                        .by_difficulty = {{4, 57, 0.1, 6}, {5, 56, 0.09, 6}},
                        .transcripts = {{.difficulty = 4,
                                         .prompt = "0-9-1+9*7=?",
                                         .answer = "3",
                                         .response = "<think></think>",
                                         .thinking = "",
                                         .given = "5",
                                         .right = false,
                                         .truncated = true,
                                         .tokens = 6}}};
  Evaluation flawed = e;
  flawed.checker_failures = 3;
  flawed.too_long = 2;
  flawed.max_new_tokens = 80;
  flawed.limited = 7;
  flawed.lowest_limit = 12;
  flawed.first_too_long = "t.jsonl:4: 900 tokens";
  write_evaluation(tmp.path(), flawed);
  const Evaluation back = read_evaluation(tmp.path() / "eval-test.json");
  CHECK(back.name == "test");
  CHECK(back.task == "arithmetic_chain");
  CHECK(back.model == "runs/demo/base");
  CHECK(back.problems == 512);
  CHECK(back.chance == 0.113);
  CHECK(back.pass1 == 0.109);
  CHECK(back.length == 6);
  CHECK(back.thinks == 0);
  CHECK(std::isnan(back.truncated));
  CHECK(std::isnan(back.seconds));
  CHECK(back.sampled.problems == 128);
  CHECK(back.sampled.k == 16);
  CHECK(back.sampled.samples == 20);
  REQUIRE(back.sampled.by_problem.size() == 2);
  CHECK(back.sampled.by_problem[0].right == 3);
  REQUIRE(back.sampled.by_problem[0].answers.size() == 2);
  CHECK(back.sampled.by_problem[0].answers[0].text == "7");
  CHECK(back.sampled.by_problem[0].answers[0].count == 12);
  CHECK_FALSE(back.sampled.by_problem[0].answers[0].right);
  CHECK(back.sampled.by_problem[0].answers[1].right);
  CHECK(back.sampled.by_problem[1].answers.empty());
  CHECK(back.set == "00ff");
  CHECK(back.right == "0101");
  CHECK(back.checker_failures == 3);
  CHECK(back.too_long == 2);
  CHECK(back.max_new_tokens == 80);
  CHECK(back.limited == 7);
  CHECK(back.lowest_limit == 12);
  CHECK(back.first_too_long == "t.jsonl:4: 900 tokens");
  REQUIRE(back.sampled.pass_at.size() == 2);
  CHECK(back.sampled.pass_at[1].k == 16);
  CHECK(back.sampled.pass_at[1].pass == 0.945);
  CHECK(back.sampled.pass_k == 0.945);
  CHECK(back.sampled.wait_long == 0.189);
  REQUIRE(back.by_difficulty.size() == 2);
  CHECK(back.by_difficulty[1].difficulty == 5);
  CHECK(back.by_difficulty[1].pass1 == 0.09);
  REQUIRE(back.transcripts.size() == 1);
  CHECK(back.transcripts[0].prompt == "0-9-1+9*7=?");
  CHECK(back.transcripts[0].given == "5");
  CHECK_FALSE(back.transcripts[0].right);
  CHECK(back.transcripts[0].truncated);
  CHECK(back.transcripts[0].tokens == 6);
  CHECK(read_evaluations(tmp.path()).size() == 1);
  CHECK(read_evaluations(tmp.path() / "absent").empty());
}

TEST_CASE("what an earlier evaluation left on sets that were not asked again is set aside, and nothing else") {
  const TemporaryDirectory tmp;
  for (const char* name : {"test", "longer", "test-parity"}) write_evaluation(tmp.path(), {.name = name});
  io::write_file_atomically(tmp.path() / "eval.html", "");
  const Evaluation kept[] = {{.name = "test"}, {.name = "test-chain"}};
  CHECK(set_aside_evaluations_but(tmp.path(), kept) ==
        std::vector<std::string>{"eval-longer.json", "eval-test-parity.json"});
  CHECK(io::is_there(tmp.path() / "eval-test.json"));
  CHECK(io::is_there(tmp.path() / "eval.html"));
  for (const char* name : {"eval-longer.json", "eval-test-parity.json"}) {
    CHECK_FALSE(io::is_there(tmp.path() / name));
    CHECK(io::is_there(tmp.path() / (std::string(name) + ".old")));
  }
  CHECK(read_evaluations(tmp.path()).size() == 1);
  CHECK(set_aside_evaluations_but(tmp.path(), kept).empty());
}

TEST_CASE("an evaluation without a needed key names it") {
  const TemporaryDirectory tmp;
  io::write_file_atomically(tmp.path() / "eval-x.json", R"({"name": "x"})");
  CHECK(error_of([&] { read_evaluation(tmp.path() / "eval-x.json"); }).find("problems") != std::string::npos);
  CHECK(error_of([&] { write_evaluation(tmp.path(), {.name = "../x"}); }).find("cannot be named") != std::string::npos);
}
