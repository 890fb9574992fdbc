// The program as a user runs it: what it prints where, and its exit codes.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <tuple>

#include "millet/io/file.h"
#include "millet/io/json.h"
#include "millet/model/config_json.h"
#include "millet/model/cost.h"
#include "millet/model/presets.h"
#include "millet/report/evaluation.h"
#include "tests/cli/shell.h"
#include "tests/io/temporary_directory.h"
#include "tests/report/synthetic_demo.h"

using namespace millet;
using namespace millet::tests;

static const std::string kMillet = MILLET_PROGRAM;

TEST_CASE("millet alone and its version succeed on stdout") {
  const Outcome list = shell(kMillet + " 2>/dev/null");
  CHECK(list.code == 0);
  CHECK(list.output.find("Usage: millet VERB") != std::string::npos);
  const Outcome version = shell(kMillet + " --version 2>/dev/null");
  CHECK(version.code == 0);
  CHECK(version.output.starts_with("millet "));
}

// A row of cli/commands.cc that gets lost leaves a verb that compiles and cannot be called.
TEST_CASE("every verb that has a file is listed") {
  static const std::regex definition(R"re(const Command \w+_command\{\s*\.name = "(\w+)")re");
  const std::string list = shell(kMillet + " 2>/dev/null").output;
  int verbs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(MILLET_SOURCE_DIR) + "/src/millet/cli")) {
    if (entry.path().extension() != ".cc") continue;
    std::ifstream file(entry.path());
    std::ostringstream source;
    source << file.rdbuf();
    const std::string text = source.str();
    std::smatch verb;
    if (!std::regex_search(text, verb, definition)) continue;
    ++verbs;
    CHECK_MESSAGE(list.find("\n  " + verb[1].str() + " ") != std::string::npos, verb[1].str(), " has no row");
  }
  CHECK(verbs >= 10);
}

TEST_CASE("a usage error is one line on stderr and exit code 2") {
  const Outcome outcome = shell(kMillet + " no-such-verb 2>&1 >/dev/null");
  CHECK(outcome.code == 2);
  CHECK(outcome.output.starts_with("millet: unknown verb 'no-such-verb'"));
  CHECK(outcome.output.find('\n') == outcome.output.size() - 1);
  CHECK(shell(kMillet + " no-such-verb 2>/dev/null").output.empty());
}

TEST_CASE("output that cannot be written is a failure of our own, exit code 1") {
  const Outcome outcome = shell(kMillet + " 2>&1 >/dev/full");
  CHECK(outcome.code == 1);
  CHECK(outcome.output.find("stdout") != std::string::npos);
}

TEST_CASE("info says what the weights beside a configuration are, and why they cannot be loaded") {
  const TemporaryDirectory dir;
  const std::filesystem::path qwen = std::filesystem::path(MILLET_SOURCE_DIR) / "tests/golden/families/qwen2";
  for (const char* name : {"config.json", "model.safetensors"}) std::filesystem::copy_file(qwen / name, dir / name);
  const std::string info = kMillet + " info '" + dir.path().string() + "'";
  CHECK(shell(info).output.find(" tensors in 1 file, ") != std::string::npos);
  const io::Json whole = io::Json::parse(shell(info + " --json").output).at("weights");
  CHECK(whole.at("types").at("F32").as_int() == whole.at("tensors").as_int());
  CHECK_FALSE(whole.contains("unreadable"));
  io::Json config = io::read_json(dir / "config.json");
  config["quantization_config"] = io::Json::object({{"quant_method", "gptq"}});
  io::write_file_atomically(dir / "config.json", config.pretty());
  const Outcome quantised = shell(info);
  CHECK(quantised.code == 0);
  CHECK(quantised.output.find("cannot be loaded: ") != std::string::npos);
  CHECK(quantised.output.find("quant_method is 'gptq'") != std::string::npos);
  std::filesystem::remove(dir / "model.safetensors");
  CHECK_FALSE(io::Json::parse(shell(info + " --json").output).contains("weights"));
}

TEST_CASE("info counts operations at no longer a context than the model has positions for, and says the context") {
  const TemporaryDirectory dir;
  model::ModelConfig config = model::find_config("v3-tiny");
  config.vocab_size = 100;
  for (const auto& [positions, context, said] :
       {std::tuple{64, 64, "at 64 tokens"}, std::tuple{8192, 4096, "at 4,096 tokens"}}) {
    config.max_position_embeddings = positions;
    io::write_file_atomically(dir / "config.json", model::to_json(config).pretty());
    const std::string info = kMillet + " info '" + (dir / "config.json").string() + "'";
    CHECK(shell(info).output.find(said) != std::string::npos);
    const io::Json json = io::Json::parse(shell(info + " --json").output);
    CHECK(json.at("forward_context").as_int() == context);
    CHECK(json.at("forward_flops_per_token").as_double() ==
          doctest::Approx(model::forward_flops(config, context, context, false) / context));
  }
}

TEST_CASE(
    "info counts every preset, and says what it assumed of those that leave something to their tokenizer and data") {
  for (const model::Preset& preset : model::presets()) {
    CAPTURE(preset.name);
    const std::string info = kMillet + " info " + std::string(preset.name);
    const Outcome text = shell(info), printed = shell(info + " --json");
    REQUIRE(text.code == 0);
    REQUIRE(printed.code == 0);
    const io::Json json = io::Json::parse(printed.output);
    const bool open = preset.config.vocab_size == 0;
    CHECK((text.output.find("vocabulary 256 (a tokenizer's of bytes") != std::string::npos) == open);
    CHECK((text.output.find("positions  256 (data.context unless set") != std::string::npos) == open);
    CHECK(json.at("assumed").int_or("vocab_size", 0) == (open ? 256 : 0));
    CHECK(json.at("assumed").int_or("max_position_embeddings", 0) == (open ? 256 : 0));

    model::ModelConfig counted = preset.config;
    if (open) counted.vocab_size = counted.max_position_embeddings = 256;
    CHECK(json.at("parameters").as_int() == model::count(counted).parameters);
    CHECK(model::to_json(model::parse_config(json.at("config"))).dump() == model::to_json(counted).dump());
  }
}

TEST_CASE(
    "an evaluation leaves its own files alone, and names a task that the model cannot be asked before it asks any") {
  const TemporaryDirectory dir;
  const std::string base = (dir / "base").string(),
                    small =
                        "recipes/demo.toml --set model=v3-tiny --set train.steps=1"
                        " --set train.step_tokens=320 --set data.validation_problems=8 --quiet --out ";
  REQUIRE(shell(kMillet + " pretrain " + small + base + " 2>&1").code == 0);
  const std::string eval = kMillet + " eval " + base +
                           " --set eval.problems=4 --set eval.sampled_problems=2 --set eval.samples=2"
                           " --set rl.max_new_tokens=8 --set eval.longer_max=0 --set eval.longer_min=0";
  CHECK(shell(eval + " --set 'eval.tasks=[\"addition\"]' 2>&1").code == 0);
  CHECK(std::filesystem::exists(dir / "base/eval-test-addition.json"));
  const Outcome refused = shell(eval + " --set 'eval.tasks=[\"game24\"]' 2>&1");
  CHECK(refused.code == 2);
  CHECK(refused.output.starts_with("millet: the model cannot be asked task 'game24' (leave it out of eval.tasks, or "));
  CHECK(std::filesystem::exists(dir / "base/eval-test-addition.json"));
  const Outcome alone = shell(eval + " 2>&1");
  CHECK(alone.code == 0);
  CHECK(alone.output.find("eval-test-addition.json.old: an earlier evaluation") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(dir / "base/eval-test-addition.json"));
  CHECK(std::filesystem::exists(dir / "base/eval-test-addition.json.old"));
  CHECK(std::filesystem::exists(dir / "base/eval-test.json"));

  // Of a list there are only so many: fewer than were asked for, which is told.
  for (const char* digit : {"1", "2"}) {
    std::ofstream file(dir / (std::string(digit) + ".jsonl"));
    for (int i = 0; i < 7; ++i)
      file << R"({"question": ")" << digit << "+" << i << R"(=?", "answer": "3"})"
           << "\n";
  }
  const Outcome list =
      shell(eval + " --set eval.problems=20 --set task.problems=" + (dir / "1.jsonl").string() +
            " --set task.test=" + (dir / "2.jsonl").string() + " --set task.form=tags --out " + base + "-list 2>&1");
  CHECK(list.output.find("test: the 7 problems are all that task '") != std::string::npos);
  CHECK(list.output.find("(20 were asked for)") != std::string::npos);
}

TEST_CASE("the table of a demonstration names the samples that there were") {
  const TemporaryDirectory dir;
  report::write_synthetic_demo(dir.path());
  const auto table = [&] { return shell(kMillet + " report " + dir.path().string() + " 2>&1").output; };
  CHECK(table().find("any of 16 at T = 1 ") != std::string::npos);
  for (const char* run : {"base", "rl", "random_reward", "supervised"}) {
    report::Evaluation e = report::read_evaluation(dir / run / "eval-test.json");
    e.sampled.k = 4;
    e.sampled.temperature = 0.7;
    report::write_evaluation(dir / run, e);
    CHECK(table().find(run == std::string("supervised") ? "any of 4 at T = 0.7 " : "any of k samples ") !=
          std::string::npos);
  }
}
