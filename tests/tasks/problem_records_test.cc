#include "millet/tasks/problem_records.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/io/jsonl.h"
#include "millet/tasks/math/boxed.h"
#include "tests/core/test_data.h"
#include "tests/io/archives.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::tests;
using io::Json;
using tasks::read_problem;

TEST_CASE("each data set's keys give question, answer and what else there is") {
  const auto read = [](const char* text) { return read_problem(Json::parse(text)); };
  const auto gsm = read(R"({"question": "q", "answer": "1 + 1 = 2\n#### 2"})");
  CHECK(gsm.answer == "2");
  CHECK(gsm.solution == "1 + 1 = 2");
  const auto maths = read(R"({"problem": "q", "level": "Level 3", "solution": "so $\\boxed{\\frac{1}{2}}$."})");
  CHECK(maths.answer == "\\frac{1}{2}");
  CHECK(maths.difficulty == 3);
  CHECK(read(R"({"id": "I-1", "problem": "q", "solution": "", "answer": "070"})").answer == "070");
  CHECK(read(R"({"question": "q", "answer": 27})").answer == "27");
  const auto svamp = read(R"({"Body": "b c", "Question": "q?", "Answer": 145.0})");
  CHECK(svamp.question == "b c. q?");
  CHECK(svamp.answer == "145");
  CHECK(read(R"({"input": "q", "target": 39})").answer == "39");
  CHECK(read(R"({"grade": 2, "question": "q", "golden": "18"})").difficulty == 2);
  CHECK(read(R"({"messages": [{"role": "user", "content": "q"}], "answer": "18"})").question == "q");
  CHECK(read(R"({"prompt": "q", "gold": 2.5})").answer == "2.5");
  const auto aime = read(R"({"ID": "I-1", "Problem": "q", "Solution": "s", "Answer": 204})");
  CHECK(aime.question + aime.solution + aime.answer == "qs204");
  CHECK(read(R"({"instruction": "3+4=?", "input": "", "answer": "7"})").question == "3+4=?");
  CHECK(read(R"({"instruction": "Add.", "input": "3 4", "answer": "7"})").question == "Add.\n3 4");
  CHECK(read(R"({"problem": "q", "answer": "", "solution": "\\boxed{7}"})").answer == "7");
}

TEST_CASE("what has no question or no answer is refused by its place") {
  const auto refused = [](const char* text, const char* message) {
    CHECK_THROWS_WITH_AS(read_problem(Json::parse(text, "p.jsonl", 3)), doctest::Contains(message), Error);
  };
  refused("[]", "a problem is an object");
  refused(R"({"answer": "1"})", "has no question");
  refused(R"({"question": "q"})", "has no answer");
  refused(R"({"question": 3, "answer": "1"})", "question");
  refused(R"({"question": "q", "answer": [1]})", "answer is an array: a text or a number is wanted");
  refused(R"({"question": " ", "answer": 1})", "p.jsonl:3 has an empty question");
  refused(R"({"Body": "", "Question": "", "Answer": "1"})", "has an empty question");
  refused(R"({"Body": "b", "Question": "q", "Answer": ""})", "has an empty answer");
  refused(R"({"question": "q", "answer": 1, "difficulty": "99999999999999999999"})", "a difficulty is a number");
  refused(R"({"question": "q", "answer": " \u3000"})", "p.jsonl:3 has an empty answer");
}

TEST_CASE("numbers keep all their digits, however large or small") {
  const auto answer = [](const std::string& number) {
    return read_problem(Json::parse("{\"question\": \"q\", \"answer\": " + number + "}")).answer;
  };
  CHECK(answer("123456789012345678901234567890123") == "123456789012345678901234567890123");
  CHECK(answer("-9223372036854775809") == "-9223372036854775809");
  CHECK(answer("1e20") == "100000000000000000000");
  CHECK(answer("1e-7") == "0.0000001");
  CHECK(answer("2.50") == "2.5");
  CHECK(answer("-3.0") == "-3");
}

TEST_CASE("white space of any alphabet and byte order marks around a line do not count") {
  const TemporaryDirectory folder;
  const std::string bom = "\xEF\xBB\xBF", wide = "\xE3\x80\x80", hard = "\xC2\xA0";
  io::write_file_atomically(folder / "p.jsonl", bom + "{\"question\": \"a\", \"answer\": 1}\r\n" + wide + hard + "\n" +
                                                    bom + hard + "{\"question\": \"b\", \"answer\": 2}" + wide);
  const auto problems = tasks::read_problems(folder / "p.jsonl");
  REQUIRE(problems.size() == 2);
  CHECK(problems[1].question == "b");
  CHECK(problems[1].line == 3);
}

TEST_CASE("what is wrong with a file is named by its line, also in an archive") {
  const TemporaryDirectory folder;
  const auto refused = [&](const std::string& name, const std::string& text, const std::string& message) {
    const std::string file = (folder / name).string();
    io::write_file_atomically(folder / name, text);
    CAPTURE(text.substr(0, 40));
    CHECK_THROWS_WITH_AS(tasks::read_problems(folder / name), doctest::Contains((file + message).c_str()), Error);
  };
  const std::string good = "{\"question\": \"a\", \"answer\": 1}\n";
  refused("a.jsonl", good + "null\n", ":2: null: a problem is an object");
  refused("b.jsonl", good + "\n{\"question\": \"a\", \"answer\": \"\"}\n", ":3 has an empty answer");
  refused("c.jsonl", good + "{\"question\": \"a\"", ":2:");
  refused("d.json", "[\n" + good + "]\n", ":1: an array: make a line of JSON of each problem, as jq -c '.[]' does");
  refused("e.jsonl.gz", gzip_of(good + good + "[1]\n"), ":3: an array: a problem is an object");
  const std::string whole = gzip_of(good + good);
  refused("f.jsonl.gz", whole.substr(0, whole.size() - 12), " is cut off");
  io::write_file_atomically(folder / "g.jsonl.gz", whole);
  CHECK(tasks::read_problems(folder / "g.jsonl.gz").size() == 2);
}

TEST_CASE("published problem files are read whole, and MATH's boxes give MATH-500's answers") {
  if (!has_test_data("math")) return;
  const std::pair<const char*, size_t> files[] = {{"gsm8k_train", 7473}, {"gsm8k_test_first1119", 1119},
                                                  {"math500", 500},      {"math_test_5000", 5000},
                                                  {"aime24", 30},        {"aime25", 30},
                                                  {"amc23", 40},         {"svamp_test", 1000},
                                                  {"multiarith", 600},   {"cmath_test", 1098},
                                                  {"mgsm_zh", 250}};
  for (const auto& [name, count] : files) {
    CAPTURE(name);
    const auto problems = tasks::read_problems(kTestData / "math" / (std::string(name) + ".jsonl"));
    CHECK(problems.size() == count);
    for (const auto& p : problems) {
      if (p.answer.empty() || p.question.empty()) FAIL_CHECK(p.record.dump());
    }
  }
  io::JsonlReader reader(kTestData / "math/math500.jsonl");
  size_t equal = 0;
  while (const auto line = reader.next())
    equal +=
        tasks::math::last_boxed(line->value.at("solution").as_string()) == line->value.at("answer").as_string() ? 1 : 0;
  CHECK(equal == 500);
}
