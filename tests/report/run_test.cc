#include "millet/report/run.h"

#include <doctest/doctest.h>
#include <fmt/core.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <stdexcept>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "tests/io/error_of.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::report;
namespace fs = std::filesystem;

namespace {

const char* const kRecipe =
    "seed = 7  # default\n\n[train]\nlr = 0.002  # recipes/demo.toml:4\nsteps = 40  # default\n";

RunInfo info(std::string verb = "rl") {
  return {.verb = std::move(verb), .version = "0.1.0", .machine = "two cores", .seed = 7};
}

void append_torn(const fs::path& file, std::string_view bytes) {
  std::ofstream(file, std::ios::app | std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("a new run holds its recipe and says what it is") {
  const TemporaryDirectory tmp;
  const fs::path dir = tmp.path() / "runs" / "one";
  {
    Run run = Run::create(dir, info(), kRecipe);
    CHECK(run.recipe() == kRecipe);
    CHECK_FALSE(run.resumed());
    CHECK(read_run(dir).state == "running");
    run.finish();
  }
  const RunInfo back = read_run(dir);
  CHECK(back.verb == "rl");
  CHECK(back.version == "0.1.0");
  CHECK(back.machine == "two cores");
  CHECK(back.seed == 7);
  CHECK(back.state == "finished");
  CHECK(back.started.size() == 20);
  CHECK(back.seconds >= 0);
}

TEST_CASE("cutting back keeps everything up to the step and nothing after it") {
  const TemporaryDirectory tmp;
  Run run = Run::create(tmp.path() / "run", info(), kRecipe);
  const std::vector<Rollout> rollouts(2);
  for (int64_t step = 1; step <= 5; ++step) {
    run.append(MetricsRow{.step = step, .phase = "rl", .values = {{"reward", 1}}});
    run.append(MetricsRow{.step = step, .phase = "eval", .values = {{"pass1", 1}}});
    run.append(Sample{step, "p", "t"});
    run.write_rollouts(step, rollouts);
  }
  append_torn(run.dir() / "metrics.jsonl", R"({"step":6,"pha)");
  append_torn(run.dir() / "samples.jsonl", R"({"step":6)");
  run.cut_back(3);
  CHECK(read_metrics(run.dir()).size() == 6);
  CHECK(read_metrics(run.dir()).back().step == 3);
  CHECK(read_samples(run.dir()).size() == 3);
  CHECK(rollout_steps(run.dir()) == std::vector<int64_t>{1, 2, 3});
  run.append(MetricsRow{.step = 4, .phase = "rl", .values = {}});
  CHECK(read_metrics(run.dir()).back().step == 4);
  run.cut_back(-1);
  CHECK(read_metrics(run.dir()).empty());
  CHECK(rollout_steps(run.dir()).empty());
}

TEST_CASE("a run goes on where it stopped, with its seconds added up") {
  const TemporaryDirectory tmp;
  const fs::path dir = tmp.path() / "run";
  Run::create(dir, info(), kRecipe).interrupt("SIGINT at step 3");
  CHECK(read_run(dir).state == "interrupted");
  CHECK(read_run(dir).reason == "SIGINT at step 3");
  const std::string started = read_run(dir).started;
  Run run = Run::create_or_resume(dir, info(), kRecipe);
  CHECK(run.resumed());
  CHECK(read_run(dir).state == "running");
  CHECK(read_run(dir).reason.empty());
  CHECK(read_run(dir).started == started);
}

TEST_CASE("a run is gone on with under its own verb, seed and recipe alone") {
  const TemporaryDirectory tmp;
  const fs::path dir = tmp.path() / "run";
  Run::create(dir, info(), kRecipe).finish();
  const auto refused = [&](const RunInfo& with, std::string_view recipe) {
    return error_of([&] { Run::create_or_resume(dir, with, recipe); });
  };
  CHECK(refused(info("pretrain"), kRecipe).find("was made by 'millet rl', not by 'millet pretrain'") !=
        std::string::npos);
  RunInfo other_seed = info();
  other_seed.seed = 8;
  CHECK(refused(other_seed, kRecipe).find("--seed 7") != std::string::npos);
  CHECK(refused(info(), "seed = 7  # default\n\n[train]\nlr = 0.001  # --set\nsteps = 40  # default\n")
            .find("train.lr = 0.002, not 0.001") != std::string::npos);
  CHECK(refused(info(), "seed = 7  # default\n").find("train.lr") != std::string::npos);
  CHECK(refused(info(), std::string(kRecipe) + "more = 1  # default\n").find("train.more") != std::string::npos);
  // The same values from other places are the same recipe.
  CHECK(refused(info(), "seed = 7  # --set\n\n[train]\nlr = 0.002  # elsewhere\nsteps = 40  # x\n") == "no error");
}

TEST_CASE("of a model to start from that is a run, one of its checkpoints may be named when going on") {
  const TemporaryDirectory tmp;
  const fs::path dir = tmp.path() / "run";
  const auto recipe = [](std::string_view model) { return fmt::format("init = \"{}\"  # --set\nseed = 7\n", model); };
  Run::create(dir, info(), recipe("runs/base")).finish();
  const auto answer = [&](std::string_view model) {
    return error_of([&] { Run::create_or_resume(dir, info(), recipe(model)); });
  };
  CHECK(answer("runs/base/checkpoint-800") == "no error");
  CHECK(answer("runs/base2/checkpoint-800").find("was begun with init = \"runs/base\"") != std::string::npos);
  CHECK(answer("runs/base/reference-800").find("was begun with") != std::string::npos);
}

TEST_CASE("a directory with other things in it is left alone") {
  const TemporaryDirectory tmp;
  const fs::path dir = tmp.path() / "holiday";
  fs::create_directories(dir);
  std::ofstream(dir / "photo.jpg") << "x";
  const std::string text = error_of([&] { Run::create_or_resume(dir, info(), kRecipe); });
  CHECK(text.find("holiday is not empty and no run of Millet") != std::string::npos);
  CHECK(fs::exists(dir / "photo.jpg"));
  CHECK_FALSE(fs::exists(dir / "lock"));
  CHECK(error_of([&] { Run::create(dir / "photo.jpg", info(), kRecipe); }).find("is a file") != std::string::npos);
  CHECK(error_of([&] { Run::resume(dir, info(), kRecipe); }).find("no run.json") != std::string::npos);
  CHECK(error_of([&] { read_run(dir); }).find("no run.json") != std::string::npos);
}

TEST_CASE("a creation that was cut off before run.json does not stand in the way of the next") {
  const TemporaryDirectory tmp;
  const fs::path dir = tmp.path() / "run";
  fs::create_directories(dir);
  std::ofstream(dir / "lock") << "";
  std::ofstream(dir / ".recipe.toml.partial") << "seed";
  Run run = Run::create_or_resume(dir, info(), kRecipe);
  CHECK(run.recipe() == kRecipe);
}

TEST_CASE("two writers of one run: the second is refused until the first is gone") {
  const TemporaryDirectory tmp;
  const fs::path dir = tmp.path() / "run";
  {
    Run first = Run::create(dir, info(), kRecipe);
    CHECK(error_of([&] { Run::resume(dir, info(), kRecipe); }).find("another process is writing") != std::string::npos);
    first.append(MetricsRow{.step = 1, .phase = "rl", .values = {}});
  }
  CHECK(Run::resume(dir, info(), kRecipe).resumed());
}

TEST_CASE("a place is refused before any work as a run there would be, and checking it leaves nothing behind") {
  const TemporaryDirectory tmp;
  const auto refusal = [&](const fs::path& dir, const RunInfo& of) {
    return error_of([&] { Run::check_place(dir, of, kRecipe); });
  };
  CHECK(refusal(tmp / "new" / "run", info()) == "no error");
  CHECK_FALSE(fs::exists(tmp / "new"));
  fs::create_directory(tmp / "full");
  append_torn(tmp / "full" / "file", "x");
  CHECK(refusal(tmp / "full", info()).find("is not empty and no run") != std::string::npos);
  CHECK(refusal(tmp / "full" / "file", info()).find("is a file") != std::string::npos);
  CHECK(refusal(tmp / "full" / "file" / "run", info()).find("cannot make the directory") != std::string::npos);
  CHECK(refusal("/proc/run", info()).find("cannot make the directory /proc/run") != std::string::npos);
  {
    const Run run = Run::create(tmp / "run", info(), kRecipe);
    CHECK(refusal(tmp / "run", info()).find("another process is writing") != std::string::npos);
  }
  CHECK(refusal(tmp / "run", info()) == "no error");
  CHECK(refusal(tmp / "run", info("pretrain")).find("was made by 'millet rl'") != std::string::npos);
}

TEST_CASE("a killed process leaves a run that reads as interrupted and can be gone on with") {
  const TemporaryDirectory tmp;
  const fs::path dir = tmp.path() / "run";
  const pid_t child = fork();
  if (child == 0) {
    Run run = Run::create(dir, info(), kRecipe);
    for (int step = 1; step <= 2; ++step) run.append(MetricsRow{step, "train", {{"loss", 1.0}, {"seconds", 3.5}}});
    _exit(0);  // no destructor runs, as with SIGKILL
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(read_run(dir).state == "interrupted");
  CHECK(read_run(dir).reason == "its process ended without a word (killed, or stopped at once)");
  CHECK(read_run(dir).seconds == 7);  // of its steps: it could not write down the rest
  CHECK(Run::resume(dir, info(), kRecipe).resumed());
  CHECK(read_run(dir).seconds >= 7);
}

TEST_CASE("an exception on the way is written down as an interruption") {
  const TemporaryDirectory tmp;
  const fs::path dir = tmp.path() / "run";
  try {
    Run run = Run::create(dir, info(), kRecipe);
    throw std::runtime_error("the loop failed");
  } catch (const std::runtime_error&) {
  }
  CHECK(read_run(dir).state == "interrupted");
}

TEST_CASE("samples may hold anything that a model can say") {
  const TemporaryDirectory tmp;
  Run run = Run::create(tmp.path() / "run", info(), kRecipe);
  run.append(Sample{3, "line\nbreak", std::string("\xff\0\"</script>", 12)});
  const auto samples = read_samples(run.dir());
  REQUIRE(samples.size() == 1);
  CHECK(samples[0].step == 3);
  CHECK(samples[0].prompt == "line\nbreak");
  CHECK(samples[0].text == std::string("\xef\xbf\xbd\0\"</script>", 14));
}
