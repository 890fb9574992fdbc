#include "millet/data/chat_records.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "tests/core/test_data.h"
#include "tests/io/archives.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::tests;
using io::Json;

static data::Chat chat(const char* text) {
  return data::read_chat(Json::parse(text));
}

TEST_CASE("three layouts are one form") {
  const Json expected = Json::parse(R"([{"role": "system", "content": "s"}, {"role": "user", "content": "q"},
                      {"role": "assistant", "content": "a"}])");
  CHECK(chat(R"({"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "q"},
                              {"role": "assistant", "content": "a"}]})")
            .messages == expected);
  CHECK(chat(R"({"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}], "system": "s"})")
            .messages == expected);
  CHECK(chat(R"({"instruction": "q", "input": "", "output": "a", "system": "s"})").messages == expected);
  CHECK(chat(R"({"instruction": "q", "input": "i", "output": "a"})").messages.at(size_t{0}).at("content").as_string() ==
        "q\ni");
  const Json with_history = chat(R"({"instruction": "q2", "output": "a2", "history": [["q1", "a1"]]})").messages;
  REQUIRE(with_history.size() == 4);
  CHECK(with_history.at(1).at("content").as_string() == "a1");
}

TEST_CASE("calls of tools, results and thoughts find their places") {
  const data::Chat c = chat(R"({"conversations": [
      {"from": "human", "value": "q"},
      {"from": "function_call", "value": "{\"name\": \"f\", \"arguments\": {\"x\": 1}}"},
      {"from": "observation", "value": "{\"y\": 2}"}, {"from": "gpt", "value": "a"}],
      "tools": "[{\"name\": \"f\", \"parameters\": {}}]"})");
  const Json& call = c.messages.at(1).at("tool_calls").at(size_t{0});
  CHECK(call.at("function").at("name").as_string() == "f");
  CHECK(call.at("function").at("arguments").at("x").as_int() == 1);
  CHECK(c.messages.at(2).at("role").as_string() == "tool");
  CHECK(c.tools.at(size_t{0}).at("function").at("name").as_string() == "f");

  const data::Chat parts = chat(R"({"messages": [{"role": "user", "content": [{"type": "text", "text": "q"}]},
      {"role": "assistant", "content": [{"type": "reasoning", "value": "hm"}, {"type": "text", "value": "a"}]}]})");
  CHECK(parts.messages.at(1).at("reasoning_content").as_string() == "hm");
  CHECK(parts.messages.at(1).at("content").as_string() == "a");
  CHECK(parts.tools.is_null());
}

TEST_CASE("a record that is no chat is refused with its place and key") {
  const char* rows[][2] = {{"[1]", "a chat is an object"},
                           {R"({"text": "x"})", "none of the keys of a chat"},
                           {R"({"messages": []})", "holds no messages"},
                           {R"({"messages": [{"role": "pirate", "content": "x"}]})", "role is 'pirate'"},
                           {R"({"messages": [{"role": "user"}]})", "neither content nor tool_calls"},
                           {R"({"messages": [{"role": "user", "content": 3}]})", "content"},
                           {R"({"conversations": [{"from": "parrot", "value": "x"}]})", "from is 'parrot'"},
                           {R"({"conversations": [{"from": "function_call", "value": "{"}]})", "1:2"},
                           {R"({"instruction": "x"})", "output"}};
  for (const auto& [text, message] : rows) {
    CAPTURE(text);
    CHECK_THROWS_WITH_AS(chat(text), doctest::Contains(message), Error);
  }
}

TEST_CASE("preferences in both layouts") {
  const auto read = [](const char* text) { return data::read_preference(Json::parse(text)); };
  const auto a = read(R"({"conversations": [{"from": "human", "value": "q"}],
                          "chosen": {"from": "gpt", "value": "good"}, "rejected": {"from": "gpt", "value": "bad"}})");
  CHECK(a.chosen.at("content").as_string() == "good");
  CHECK(a.rejected.at("content").as_string() == "bad");
  const auto b = read(R"({"prompt": "q", "chosen": [{"role": "user", "content": "q"},
                          {"role": "assistant", "content": "good"}], "rejected": "bad"})");
  CHECK(b.chat.messages.size() == 1);
  CHECK(b.chosen.at("content").as_string() == "good");
  CHECK_THROWS_WITH_AS(read(R"({"prompt": "q", "chosen": [], "rejected": "b"})"), doctest::Contains("is empty"), Error);
  const auto c = read(R"({"instruction": "q", "input": "i", "chosen": "good", "rejected": "bad"})");
  REQUIRE(c.chat.messages.size() == 1);
  CHECK(c.chat.messages.at(size_t{0}).at("content").as_string() == "q\ni");
  CHECK(c.chosen.at("content").as_string() == "good");
}

TEST_CASE("preferences that are two whole chats share their beginning") {
  const auto read = [](const char* text) { return data::read_preference(Json::parse(text)); };
  const auto a = read(R"({"chosen": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "good"}],
                          "rejected": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "bad"}]})");
  REQUIRE(a.chat.messages.size() == 1);
  CHECK(a.rejected.at("content").as_string() == "bad");
  const auto b = read(R"({"chosen": "\n\nHuman: q\n\nAssistant: a\n\nb\n\nHuman: r\n\nAssistant: good",
                          "rejected": "\n\nHuman: q\n\nAssistant: a\n\nb\n\nHuman: r\n\nAssistant:"})");
  CHECK(b.chat.messages == Json::parse(R"([{"role": "user", "content": "q"},
      {"role": "assistant", "content": "a\n\nb"}, {"role": "user", "content": "r"}])"));
  CHECK(b.chosen.at("content").as_string() == "good");
  CHECK(b.rejected.at("content").as_string().empty());

  const std::pair<const char*, const char*> refused[] = {
      {R"({"chosen": "good", "rejected": "bad"})", "chosen is no transcript"},
      {R"({"chosen": "\n\nAssistant: a", "rejected": "\n\nAssistant: b"})", "has no question"},
      {R"({"chosen": "\n\nHuman: q\n\nAssistant: a", "rejected": "\n\nHuman: x\n\nAssistant: b"})",
       "rejected answers another chat"},
      {R"({"chosen": "\n\nHuman: q\n\nAssistant: a", "rejected": "\n\nHuman: q\n\nAssistant: b\n\nHuman: r"})",
       "rejected answers another chat"},
      {R"({"chosen": "\n\nHuman: q\n\nHuman: r", "rejected": "\n\nHuman: q\n\nHuman: r"})",
       "no answer of the assistant"},
  };
  for (const auto& [text, message] : refused) {
    CAPTURE(text);
    CHECK_THROWS_WITH_AS(read(text), doctest::Contains(message), Error);
  }
}

TEST_CASE("ShareGPT's turns may be messages") {
  CHECK(chat(R"({"conversations": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]})")
            .messages ==
        chat(R"({"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]})").messages);
}

TEST_CASE("a thought has three names") {
  for (const char* name : {"reasoning_content", "thinking", "reasoning"}) {
    const auto read = data::read_chat(
        io::Json::parse(fmt::format(R"({{"messages": [{{"role": "assistant", "content": "a", "{}": "hm"}}]}})", name)));
    CHECK(read.messages.at(size_t{0}).at("reasoning_content").as_string() == "hm");
  }
}

TEST_CASE("a thought alone is a turn, parts may be named text, and of two names the first counts") {
  const auto first = [](const char* message) {
    return data::read_chat(io::Json::parse(fmt::format(R"({{"messages": [{}]}})", message))).messages.at(size_t{0});
  };
  CHECK(first(R"({"role": "assistant", "content": null, "thinking": "t"})").at("content").as_string().empty());
  CHECK(first(R"({"role": "assistant", "content": "a", "thinking": "t1", "reasoning": "t2"})")
            .at("reasoning_content")
            .as_string() == "t1");
  CHECK(
      first(R"({"role": "assistant", "content": [{"type": "reasoning", "text": "t"}, {"type": "text", "text": "a"}]})")
          .at("reasoning_content")
          .as_string() == "t");
}

TEST_CASE("whether a turn is learned is its weight, whatever the data set calls it") {
  const auto answers = [](const char* said) {
    const std::string weight(said);
    return std::pair{
        data::read_chat(Json::parse(R"({"messages": [{"role": "assistant", "content": "a", )" + weight + "}]}"))
            .messages.at(size_t{0}),
        data::read_chat(Json::parse(R"({"conversations": [{"from": "gpt", "value": "a", )" + weight + "}]}"))
            .messages.at(size_t{0})};
  };
  for (const char* said : {R"("weight": 0)", R"("train": false)", R"("loss": false, "weight": null)",
                           R"("trainable": 0)", R"("train": true, "weight": 0)"}) {
    CAPTURE(said);
    const auto [message, turn] = answers(said);
    CHECK(message.dump() == R"({"role":"assistant","content":"a","weight":0})");
    CHECK(turn == message);
  }
  for (const char* said : {R"("weight": 1)", R"("train": true)", R"("weight": null)"}) {
    const auto [message, turn] = answers(said);
    CHECK(message.dump() == R"({"role":"assistant","content":"a"})");
    CHECK(turn == message);
  }
  CHECK_THROWS_WITH_AS(answers(R"("weight": 0.5)"),
                       doctest::Contains("weight is 0.5: a turn is learned (1) or only given (0)"), Error);
}

TEST_CASE("a file may be an array or lines; what is broken is left out and named") {
  const TemporaryDirectory dir;
  io::write_file_atomically(dir / "a.json", R"([{"instruction": "q", "output": "a"}, {"x": 1}])");
  const auto array = data::read_chats(dir / "a.json");
  CHECK(array.good.size() == 1);
  REQUIRE(array.bad.size() == 1);
  CHECK(array.bad[0].place.ends_with("a.json: [1]"));
  io::write_file_atomically(dir / "broken.json", R"([{"instruction": q}, {"instruction": "q", "output": "a"}, )");
  const auto broken = data::read_chats(dir / "broken.json");
  CHECK(broken.good.size() == 1);
  REQUIRE(broken.bad.size() == 2);
  CHECK(broken.bad[0].place.ends_with("broken.json: [0]"));
  CHECK(broken.bad[1].reason.ends_with("its array does not end where the file does"));
  io::write_file_atomically(dir / "b.jsonl", "{\"instruction\": \"q\", \"output\": \"a\"}\n\n{broken\n");
  const auto lines = data::read_chats(dir / "b.jsonl");
  CHECK(lines.good.size() == 1);
  REQUIRE(lines.bad.size() == 1);
  CHECK(lines.bad[0].place.ends_with("b.jsonl:3"));
  CHECK_THROWS_AS(data::read_chats(dir / "none.json"), Error);
  const std::string marked = "\xEF\xBB\xBF{\"instruction\": \"q\", \"output\": \"a\"}\n";
  io::write_file_atomically(dir / "c.jsonl.gz", gzip_of(marked));
  CHECK(data::read_chats(dir / "c.jsonl.gz").good.size() == 1);
}

TEST_CASE("chats come through a pipe, too") {
  const TemporaryDirectory dir;
  const std::string pipe = (dir / "pipe").string(), record = "{\"instruction\": \"q\", \"output\": \"a\"}";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  for (const std::string& text : {record + "\n" + record + "\n", "[" + record + "," + record + "]"}) {
    std::thread writer([&] { std::ofstream(pipe) << text; });
    const auto read = data::read_chats(pipe);
    writer.join();
    CHECK(read.good.size() == 2);
    CHECK(read.bad.empty());
  }
}

TEST_CASE("published instruction sets are read whole") {
  if (!has_test_data("sft")) return;
  const std::pair<const char*, size_t> files[] = {
      {"alpaca_en_demo.json", 999},          {"alpaca_zh_demo.json", 1000}, {"glaive_toolcall_en_demo.json", 300},
      {"glaive_toolcall_zh_demo.json", 300}, {"identity.json", 91},         {"reason_tool_use_demo_50.jsonl", 50}};
  for (const auto& [name, count] : files) {
    CAPTURE(name);
    const auto records = data::read_chats(kTestData / "sft" / name);
    CHECK(records.good.size() == count);
    for (const auto& bad : records.bad) FAIL_CHECK(bad.place, ": ", bad.reason);
  }
  const auto rated = data::read_chats(kTestData / "sft/kto_en_demo.json");
  CHECK(rated.good.size() == 150);
  REQUIRE(rated.bad.size() == 150);
  CHECK(rated.bad[0].reason.find("label is false: the answer is a bad one") != std::string::npos);
  for (const char* name : {"dpo_en_demo.json", "dpo_zh_demo.json"}) {
    const auto records = data::read_preferences(kTestData / "sft" / name);
    CHECK(records.good.size() == 300);
    CHECK(records.bad.empty());
  }
}
