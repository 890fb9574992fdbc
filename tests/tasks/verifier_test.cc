#include "millet/tasks/verifier.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"

using namespace millet;
using tasks::make_verifier;
using tasks::ProblemRecord;

TEST_CASE("math: the value, wherever the answer has it") {
  const auto v = make_verifier({.verifier = "math"});
  const ProblemRecord half{.answer = "\\frac{1}{2}"};
  CHECK(v->verify(half, "So we get \\boxed{0.5}."));
  CHECK(v->verify(half, "The answer is 1/2."));
  CHECK_FALSE(v->verify(half, "\\boxed{2}"));
  CHECK(v->verify({.answer = "1,000"}, "It is 1000 in all."));
  CHECK(v->verify({.answer = "x^2+1"}, " 1+x^2\n"));  // nothing but a formula, without dollars
  CHECK(v->verify({.answer = "$x+1$"}, "\\boxed{1+x}"));
  CHECK_FALSE(v->verify({.answer = "x^2+1"}, "x^2"));
  CHECK_FALSE(v->verify({.answer = "18"}, ""));
  for (const char* money : {"\\$0.20", "$\\$0.20$", "$0.20", "0.20\\$", "\\(\\$0.20\\)"}) {
    CAPTURE(money);
    CHECK(v->verify({.answer = money}, "It costs \\boxed{0.2}."));
    CHECK(v->verify({.answer = money}, "\\boxed{\\$0.20}"));
    CHECK(v->verify({.answer = money}, "\\$0.20"));
    CHECK(v->verify({.answer = money}, "The answer is $0.20."));
    CHECK_FALSE(v->verify({.answer = money}, "\\boxed{20}"));
  }
}

TEST_CASE("math: the words around an answer are those of the language that is said") {
  const ProblemRecord five{.answer = "5"};
  const std::string said = "答案：5，共用 7 天。";
  CHECK(make_verifier({.verifier = "math", .language = "chinese"})->verify(five, said));
  CHECK_FALSE(make_verifier({.verifier = "math"})->verify(five, said));
  CHECK_THROWS_WITH_AS(make_verifier({.verifier = "math", .language = "chinees"}),
                       doctest::Contains("did you mean 'chinese'"), Error);
}

TEST_CASE("exact: the text but for white space at its ends") {
  const auto v = make_verifier({});
  const ProblemRecord p{.question = "q", .answer = "4 2"};
  CHECK(v->verify(p, " 4 2\n"));
  CHECK(v->verify(p,
                  "\xE3\x80\x80"
                  "4 2\xC2\xA0"));
  CHECK_FALSE(v->verify(p, "42"));
  CHECK_FALSE(v->verify(p, ""));
}

TEST_CASE("regex: the whole answer, in bounded time") {
  const auto v = make_verifier({.verifier = "regex"});
  CHECK(v->verify({.answer = "-?0*7(\\.0+)?"}, "07.0"));
  CHECK_FALSE(v->verify({.answer = "7"}, "17"));
  CHECK_FALSE(v->verify({.answer = "(a|a)*b"}, std::string(5000, 'a')));
  CHECK_THROWS_WITH_AS(tasks::check_problem({.verifier = "regex"}, {.answer = "("}),
                       doctest::Contains("cannot be read"), Error);
}

TEST_CASE("command: a program judges; its failures are wrong answers and are told") {
  const auto v = make_verifier(
      {.verifier = "command",
       .command = {"sh", "-c",
                   "while read -r line; do case \"$line\" in *'\"answer\":\"yes\"'*) echo '{\"correct\": true}';; "
                   "*'\"answer\":\"no\"'*) echo '{\"correct\": false}';; *'\"answer\":\"odd\"'*) echo hm;; "
                   "*) exit 1;; esac; done"},
       .seconds = 20});
  const ProblemRecord p{.question = "q \"x\"", .answer = "1", .record = io::Json::object({{"extra", 3}})};
  CHECK(v->verify(p, "yes"));
  CHECK_FALSE(v->verify(p, "no"));
  CHECK(v->complaints().count == 0);
  CHECK_FALSE(v->verify(p, "odd"));
  CHECK(v->complaints().last.find("it wrote hm") != std::string::npos);
  CHECK_FALSE(v->verify(p, "crash"));
  CHECK(v->complaints().count == 2);
  CHECK(v->complaints().last == "ended with code 1");
  CHECK(v->verify(p, "yes"));  // started anew
}

TEST_CASE("command: two lines for one answer are no verdict, and do not shift those after it") {
  const auto v = make_verifier(
      {.verifier = "command",
       .command = {"sh", "-c",
                   "while read -r line; do case \"$line\" in *'\"answer\":\"yes\"'*) echo '{\"correct\": true}';; "
                   "*'\"answer\":\"two\"'*) printf '{\"correct\": true}\\n{\"correct\": true}\\n';; "
                   "*) echo '{\"correct\": false}';; esac; done"},
       .seconds = 20});
  const ProblemRecord p{.question = "q", .answer = "1"};
  CHECK(v->verify(p, "yes"));
  CHECK_FALSE(v->verify(p, "two"));
  CHECK(v->complaints().count == 1);
  CHECK(v->complaints().last == "wrote more than one line");
  CHECK_FALSE(v->verify(p, "no"));
  CHECK(v->verify(p, "yes"));
  CHECK(v->complaints().count == 1);
}

TEST_CASE("command: a program that judges none of the first 16 answers is an error, one that judged one is none") {
  const ProblemRecord p{.question = "q", .answer = "1"};
  const auto mistyped = make_verifier({.verifier = "command", .command = {"sh", "no-such-script.sh"}, .seconds = 20});
  for (int i = 0; i < 15; ++i) CHECK_FALSE(mistyped->verify(p, "1"));
  CHECK_THROWS_WITH_AS(
      mistyped->verify(p, "1"),
      doctest::Contains("task.command: sh no-such-script.sh judged none of the first 16 answers; the last: it ended"),
      Error);
  const auto once = make_verifier({.verifier = "command",
                                   .command = {"sh", "-c", "read -r line; echo '{\"correct\": true}'; exit 1"},
                                   .seconds = 20});
  CHECK(once->verify(p, "1"));
  const auto later = make_verifier(
      {.verifier = "command",
       .command = {"sh", "-c", "read -r line; case \"$line\" in *yes*) echo '{\"correct\": true}';; esac; exit 1"},
       .seconds = 20});
  CHECK(later->verify(p, "yes"));
  for (int i = 0; i < 40; ++i) CHECK_FALSE(later->verify(p, "no"));
  CHECK(later->complaints().count == 40);
}

TEST_CASE("command: a limit below a millisecond is one, and is told as it was given") {
  const auto v = make_verifier({.verifier = "command", .command = {"sleep", "10"}, .seconds = 1e-4});
  CHECK_FALSE(v->verify({.question = "q", .answer = "1"}, "1"));
  CHECK(v->complaints().last.find("gave no answer within 0.0001 s") == 0);
}

TEST_CASE("settings that contradict each other are refused") {
  CHECK_THROWS_WITH_AS(make_verifier({.verifier = "command"}), doctest::Contains("task.command names"), Error);
  CHECK_THROWS_WITH_AS(make_verifier({.verifier = "exact", .command = {"x"}}), doctest::Contains("set it to"), Error);
  CHECK_THROWS_WITH_AS(make_verifier({.verifier = "maths"}), doctest::Contains("there are math"), Error);
}
