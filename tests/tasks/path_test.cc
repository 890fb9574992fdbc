#include <doctest/doctest.h>

#include <map>
#include <string>

#include "millet/core/error.h"
#include "millet/tasks/list.h"
#include "millet/tasks/task.h"

using namespace millet;
using namespace millet::tasks;

static Problem problem(std::string prompt) {
  return {.prompt = std::move(prompt), .answer = "", .canonical = "", .difficulty = 0};
}

TEST_CASE("every shortest path is right, and nothing else") {
  const Task& path = find("path");
  const Problem diamond = problem("path 0-3 3-5 5-1 0-4 4-5 1-2:0>1=?");
  CHECK(path.verify(diamond, "0-3-5-1"));
  CHECK(path.verify(diamond, "0-4-5-1"));
  for (const char* answer : {"", "0", "0-1", "0-3-5", "3-5-1", "0-3-4-5-1", "0-5-3-1", "1-5-3-0", "0-3-5-2",
                             "0-3-5-1-2-1", "0>3>5>1", "0-3-5-1 ", "0-3-5-x", "0--3-5-1", "0-3-5--"}) {
    CAPTURE(answer);
    CHECK_FALSE(path.verify(diamond, answer));
  }
  CHECK(path.verify(problem("path 0-1:0>1=?"), "0-1"));
  CHECK(path.verify(problem("path 1-0:0>1=?"), "0-1"));
}

TEST_CASE("a malformed question for a path is refused") {
  for (const char* prompt :
       {"", "path :0>1=?", "path 0-1", "path 0-1:0>1", "path 0-1 :0>1=?", "path 0-1  1-2:0>2=?", "path 0-1,1-2:0>2=?",
        "path 0-0:0>1=?", "path 0-1:0>0=?", "path a-b:a>b=?", "path 0>1:0>1=?", "path 0-1;0>1=?", "path 0-1:0-1=?",
        "path 01:0>1=?", "path 0-1 1-:0>1=?"}) {
    CAPTURE(prompt);
    CHECK_THROWS_WITH_AS(find("path").verify(problem(prompt), "0-1"), doctest::Contains("is no question"), Error);
  }
  CHECK_THROWS_WITH_AS(find("path").verify(problem("path 0-1 2-3:0>3=?"), "0-3"),
                       doctest::Contains("no way leads from 0 to 3"), Error);
}

TEST_CASE("thinking aloud searches breadth first and walks back") {
  Rng rng(1, "test");
  CHECK(find("path").thinking(problem("path 0-3 5-1 3-5 2-5:0>1=?"), Style::aloud, rng) == "0>3;3>5;5>12;1<5<3<0");
  CHECK(find("path").thinking(problem("path 0-3 3-4 3-5 5-1:0>1=?"), Style::aloud, rng) == "0>3;3>45;4>;5>1;1<5<3<0");
}

TEST_CASE("start and goal are never neighbours, and every node is somewhere") {
  Rng rng(2, "test");
  std::map<size_t, int> lengths;
  for (int i = 0; i < 2000; ++i) {
    const Problem p = find("path").generate(rng, {3, 10});
    ++lengths[p.answer.size() / 2];
    std::map<char, int> nodes;
    for (const char c : p.prompt.substr(5, p.prompt.find(':') - 5)) {
      if (c >= '0' && c <= '9') ++nodes[c];
    }
    CHECK(static_cast<int64_t>(nodes.size()) == p.difficulty);
  }
  CHECK(lengths.begin()->first == 2);
  CHECK(lengths.rbegin()->first >= 5);
}
