#include "millet/tasks/file_task.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/tasks/split.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using tasks::Problem;
using tasks::Split;

namespace {

struct Files {
  TemporaryDirectory folder;

  std::string write(const std::string& name, int first, int count) const {
    std::string lines;
    for (int i = first; i < first + count; ++i)
      lines += fmt::format("{{\"question\": \"{}+1=?\", \"answer\": {}, \"level\": {}}}\n", i, i + 1, i % 3);
    io::write_file_atomically(folder / name, lines);
    return (folder / name).string();
  }
};

}  // namespace

TEST_CASE("without a test file one question in sixteen is held out, the same ones always") {
  const Files files;
  const auto task = tasks::make_file_task({.problems = files.write("sums.jsonl", 0, 400)});
  CHECK(task->name() == "sums");
  CHECK(task->default_range() == tasks::DifficultyRange{0, 2});
  const size_t train = task->listed(Split::train).size(), test = task->listed(Split::test).size();
  CHECK(train + test == 400);
  CHECK(test > 10);
  CHECK(test < 50);
  for (const Problem& p : task->listed(Split::test)) CHECK(tasks::split_of(p.canonical) == Split::test);
  Rng rng(1, "test");
  for (int i = 0; i < 50; ++i) {
    const Problem p = tasks::generate_in(*task, Split::train, rng, {1, 1});
    CHECK(p.difficulty == 1);
    CHECK(tasks::split_of(p.canonical) == Split::train);
    CHECK(task->verify(p, " " + p.answer));
    CHECK_FALSE(task->verify(p, p.answer + "00"));
  }
}

TEST_CASE("a test file alone is all there is to be measured by") {
  const Files files;
  const auto task = tasks::make_file_task({.test = files.write("b.jsonl", 100, 9)});
  CHECK(task->name() == "b");
  CHECK(task->listed(Split::train).empty());
  CHECK(task->listed(Split::test).size() == 9);
  CHECK(task->listed(Split::test)[1].place == (files.folder / "b.jsonl").string() + ":2");
  Rng rng(1, "test");
  CHECK_THROWS_WITH_AS(task->generate(rng, task->default_range()), doctest::Contains("there is nothing to learn from"),
                       Error);
}

TEST_CASE("questions that stand twice are counted, and the first is named") {
  const Files files;
  const std::string file = (files.folder / "twice.jsonl").string();
  io::write_file_atomically(file,
                            "{\"question\": \"a\", \"answer\": 1}\n{\"question\": \"b\", \"answer\": 2}\n\n"
                            "{\"question\": \"b\", \"answer\": 3}\n{\"question\": \"a\", \"answer\": 1}\n");
  const auto task = tasks::make_file_task({.problems = files.write("a.jsonl", 0, 20), .test = file});
  CHECK(task->listed(Split::test).size() == 2);
  CHECK(task->remarks() == file +
                               ": 2 questions stand there again, 1 of them with another answer, the first in lines 2 "
                               "and 4: only where it stands first does it count");
  CHECK(tasks::make_file_task({.problems = files.write("c.jsonl", 0, 200)})->remarks().empty());
}

TEST_CASE("a test file is what is measured by, in a mixed order, all of it where it is small") {
  const Files files;
  const auto task =
      tasks::make_file_task({.problems = files.write("a.jsonl", 0, 20), .test = files.write("b.jsonl", 100, 9)});
  CHECK(task->origin(Split::train) == "a");
  CHECK(task->origin(Split::test) == "b");
  CHECK(task->listed(Split::train).size() == 20);
  const auto all = tasks::evaluation_set(*task, Split::test, task->default_range(), 100, 3);
  CHECK(all.size() == 9);
  const auto some = tasks::evaluation_set(*task, Split::test, task->default_range(), 4, 3);
  REQUIRE(some.size() == 4);
  for (size_t i = 0; i < 4; ++i) CHECK(some[i].canonical == all[i].canonical);
  CHECK(std::set<std::string>{all[0].canonical, all[1].canonical, all[2].canonical} !=
        std::set<std::string>{"100+1=?", "101+1=?", "102+1=?"});
  CHECK_THROWS_WITH_AS(tasks::evaluation_set(*task, Split::test, {7, 9}, 4, 3),
                       doctest::Contains("has no test problem"), Error);
}

TEST_CASE("what is learned from cannot be measured by") {
  const Files files;
  CHECK_THROWS_WITH_AS(
      tasks::make_file_task({.problems = files.write("a.jsonl", 0, 20), .test = files.write("b.jsonl", 19, 3)}),
      doctest::Contains("\"19+1=?\" is in"), Error);
  const std::string spaced = (files.folder / "spaced.jsonl").string();
  io::write_file_atomically(spaced, "{\"question\": \"19 + 1=? \", \"answer\": 20}\n");  // but for its white space
  CHECK_THROWS_WITH_AS(tasks::make_file_task({.problems = files.write("d.jsonl", 0, 20), .test = spaced}),
                       doctest::Contains("\"19 + 1=? \" is in"), Error);
  CHECK_THROWS_WITH_AS(tasks::make_file_task({.problems = files.write("c.jsonl", 0, 1)}),
                       doctest::Contains("to be measured by"), Error);
  CHECK_THROWS_WITH_AS(tasks::make_file_task({}), doctest::Contains("names no file"), Error);
}

TEST_CASE("another answer, line, level or test file gives another fingerprint, the same problems the same one") {
  const Files files;
  const auto of = [&](const std::string& learned, const std::string& measured) {
    return tasks::fingerprint(*tasks::make_file_task({.problems = learned, .test = measured}));
  };
  const std::string learned = files.write("a.jsonl", 0, 40), measured = files.write("b.jsonl", 100, 9);
  const uint64_t before = of(learned, measured);
  CHECK(of(learned, measured) == before);
  CHECK(of(learned, files.write("b2.jsonl", 100, 8)) != before);
  CHECK(of(files.write("a.jsonl", 0, 39), measured) != before);
  const std::string text = io::read_file(files.write("a.jsonl", 0, 40));
  CHECK(of(learned, measured) == before);
  for (const auto& [was, is] :
       {std::pair{"\"answer\": 7", "\"answer\": 8"}, std::pair{"\"level\": 0", "\"level\": 9"}}) {
    std::string changed = text;
    changed.replace(changed.find(was), std::string_view(was).size(), is);
    io::write_file_atomically(learned, changed);
    CHECK(of(learned, measured) != before);
  }
}

TEST_CASE("patterns are looked at before anything is asked") {
  const Files files;
  io::write_file_atomically(files.folder / "p.jsonl", "{\"question\": \"q\", \"answer\": \"(\"}\n");
  CHECK_THROWS_WITH_AS(tasks::make_file_task({.problems = (files.folder / "p.jsonl").string(), .verifier = "regex"}),
                       doctest::Contains("the answer to \"q\""), Error);
}
