#include "millet/train/pretrain.h"

#include <cstring>
#include <fstream>

#include "millet/io/file.h"
#include "millet/report/metrics.h"
#include "tests/io/archives.h"
#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;

struct Collect : Log {
  std::string text;
  void write(Level, std::string_view t) override { text += std::string(t) + "\n"; }
};

static bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

TEST_CASE("a run that goes on from any checkpoint gives the bits of the run that never stopped") {
  const Folder folder("resume");
  SmallJob whole;
  whole.pretrain(small_training(), folder / "whole");
  const auto want = whole.weights();
  for (const int64_t stop_at : {1, 3, 4, 7}) {
    CAPTURE(stop_at);
    const auto dir = folder / ("stopped-" + std::to_string(stop_at));
    SmallJob first;
    CHECK(first.pretrain(small_training(), dir, 2, stop_at) == train::Ended::stopped);
    SmallJob second;  // another process: other first weights would be overwritten
    model::initialise(second.parameters, 99, {.layers = 2});
    CHECK(second.pretrain(small_training(), dir, 1) == train::Ended::finished);
    CHECK(same_bits(second.weights(), want));
    CHECK(numbers(dir) == numbers(folder / "whole"));
  }
}

TEST_CASE("so does a run over packed documents of several archives, with fill-in-the-middle") {
  const Folder folder("documents");
  std::string lines;
  for (int i = 0; i < 400; ++i) lines += fmt::format("{{\"t\": \"{} sheep and {} goats\"}}\n", i, i * 7 % 31);
  io::write_file_atomically(folder / "a.jsonl.gz", gzip_of(lines));
  std::filesystem::create_directories(folder / "b");
  io::write_file_atomically(folder / "b/x.jsonl", lines.substr(lines.size() / 2 + 3));  // its first line is torn
  io::write_file_atomically(folder / "b/y.txt.zst", zstd_of("running text, once only; " + lines));
  data::Config texts;
  texts.context = 40;
  texts.tokenizer = (folder / "tokenizer").string();
  text::Tokenizer::bytes(std::vector<std::string>{"<|fim_begin|>", "<|fim_hole|>", "<|fim_end|>"})
      .save(texts.tokenizer);
  texts.mix["a"] = {.share = 2, .source = (folder / "a.jsonl.gz").string(), .key = "t", .fim_rate = 0.3};
  texts.mix["b"] = {.share = 1, .source = (folder / "b").string(), .key = "t"};
  SmallJob whole("cpu", texts);
  CHECK(whole.streams.corpora.at(0)->fim_documents > 50);
  CHECK(whole.streams.corpora.at(1)->counts.of(data::Flaw::broken_line).count == 1);
  whole.pretrain(small_training(), folder / "whole");
  CHECK(report::read_metrics(folder / "whole").back()["bits_per_byte/a"] > 0);
  for (const int64_t stop_at : {1, 5}) {
    const auto dir = folder / ("stopped-" + std::to_string(stop_at));
    SmallJob first("cpu", texts);
    CHECK(first.pretrain(small_training(), dir, 2, stop_at) == train::Ended::stopped);
    SmallJob second("cpu", texts);
    model::initialise(second.parameters, 99, {.layers = 2});
    CHECK(second.pretrain(small_training(), dir, 1) == train::Ended::finished);
    CHECK(same_bits(second.weights(), whole.weights()));
    CHECK(numbers(dir) == numbers(folder / "whole"));
  }
}

TEST_CASE("a run that is finished is left as it is") {
  const Folder folder("finished");
  SmallJob first;
  first.pretrain(small_training(), folder / "run");
  const auto want = numbers(folder / "run");
  SmallJob again;
  CHECK(again.pretrain(small_training(), folder / "run") == train::Ended::finished);
  CHECK(numbers(folder / "run") == want);
  CHECK(same_bits(again.weights(), first.weights()));
}

TEST_CASE("a torn checkpoint is named and the one before it is gone on from, with the same bits in the end") {
  const Folder folder("torn");
  SmallJob whole;
  whole.pretrain(small_training(), folder / "whole");
  SmallJob first;
  first.pretrain(small_training(), folder / "run", 1, 6);
  std::filesystem::resize_file(folder / "run/checkpoint-6/model.safetensors", 1000);
  Collect log;
  SmallJob second;
  second.pretrain(small_training(), folder / "run", 1, 0, log);
  CHECK(log.text.find("checkpoint-6: model.safetensors is torn") != std::string::npos);
  CHECK(log.text.find("goes on from checkpoint-4") != std::string::npos);
  CHECK(same_bits(second.weights(), whole.weights()));
}

TEST_CASE("training, threads and micro-batches: threads change no bit, the loss falls, balance is counted") {
  const Folder folder("threads");
  SmallJob one, two;
  one.pretrain(small_training(), folder / "one", 1);
  two.pretrain(small_training(), folder / "two", 2);
  CHECK(same_bits(one.weights(), two.weights()));
  const auto rows = report::read_metrics(folder / "one");
  CHECK(rows.front()["loss"] > rows[rows.size() - 2]["loss"]);
  CHECK(rows.front()["mtp_loss"] > 0);
  CHECK(rows.front()["balance_loss"] > 0.9);
  double share = 0;
  for (int e = 0; e < 4; ++e) share += rows.front()["expert_load/" + std::to_string(e)];
  CHECK(share == doctest::Approx(1));
}

TEST_CASE("a training of a few steps passes on the fence: nothing above ops reads tensor memory") {
  const Folder folder("fence");
  SmallJob job("fence");
  train::PretrainConfig config = small_training();
  config.steps = 2;
  config.step_tokens = 64;
  config.validate_tokens = 32;
  CHECK(job.pretrain(config, folder / "run") == train::Ended::finished);
}

TEST_CASE("training stops at the operations that it may cost") {
  const Folder folder("flops");
  SmallJob job;
  train::PretrainConfig config = small_training();
  config.steps = 1000;
  config.max_flops = 1e8;
  job.pretrain(config, folder / "run");
  const auto rows = report::read_metrics(folder / "run");
  const auto last = std::find_if(rows.rbegin(), rows.rend(), [](const auto& r) { return r.phase == "train"; });
  CHECK((*last)["flops"] >= 1e8);
  CHECK(last->step < 200);
}

TEST_CASE("a run does not go on with other examples than it began with") {
  const Folder folder("changed");
  SmallJob first;
  first.pretrain(small_training(), folder / "run", 1, 3);
  SmallJob second;
  second.data.mix["chain"].max = 6;
  second.streams = data::open_streams(second.data, second.tokenizer, 1);
  CHECK_THROWS_WITH_AS(second.pretrain(small_training(), folder / "run"),
                       doctest::Contains("checkpoint-3 was trained on other examples than the recipe gives now"),
                       Error);
}

TEST_CASE("a warm-up longer than the run is told, once") {
  const Folder folder("warm");
  train::PretrainConfig config = small_training();
  config.lr.warmup = 4 * config.steps;
  Collect log;
  SmallJob job;
  job.pretrain(config, folder / "run", 1, 2, log);
  CHECK(log.text.find("of its peak") == log.text.rfind("only comes to 25 % of its peak") + 19);
  Collect again;
  SmallJob second;
  second.pretrain(config, folder / "run", 1, 0, again);
  CHECK(again.text.find("of its peak") == std::string::npos);
}
