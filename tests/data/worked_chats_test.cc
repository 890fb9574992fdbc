#include "millet/data/worked_chats.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/tasks/file_task.h"
#include "millet/tasks/list.h"
#include "tests/io/temporary_directory.h"

using namespace millet;

TEST_CASE(
    "worked problems become chats with a boxed answer; what has no solution is told, what is held out stays out") {
  const TemporaryDirectory dir;
  io::write_file_atomically(dir / "train.jsonl",
                            "{\"question\": \"1+1?\", \"answer\": \"It is <<1+1=2>>2.\\n#### 2\"}\n"
                            "{\"question\": \"2+2?\", \"answer\": \"4\"}\n");
  io::write_file_atomically(dir / "test.jsonl", "{\"question\": \"3+3?\", \"answer\": \"So 6.\\n#### 6\"}\n");
  const auto task =
      tasks::make_file_task({.problems = (dir / "train.jsonl").string(), .test = (dir / "test.jsonl").string()});
  const auto chats = data::worked_chats(*task, "Q: {question}", "Be brief.");
  CHECK_THROWS_WITH_AS(data::worked_chats(*task, "Q: {question}", "Answer {question}."),
                       doctest::Contains("belongs into task.instruction"), Error);
  REQUIRE(chats.good.size() == 1);
  CHECK(chats.good[0].messages.dump() ==
        R"([{"role":"system","content":"Be brief."},{"role":"user","content":"Q: 1+1?"},)"
        R"({"role":"assistant","content":"It is 2.\n\nThe answer is $\\boxed{2}$."}])");
  REQUIRE(chats.bad.size() == 1);
  CHECK(chats.bad[0].place == "\"2+2?\"");
  CHECK_THROWS_WITH_AS(data::worked_chats(tasks::find("chain"), "{question}", ""), doctest::Contains("has no list"),
                       Error);
}
