#include "millet/plan/estimate.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"

using namespace millet;

static constexpr int64_t kMega = 1'000'000;

static Work some_work() {
  return {.phases = {{.name = "training", .units = 100}, {.name = "validation", .units = 2.5}},
          .memory = {{"weights", 10 * kMega, "take a smaller model"},
                     {"gradients", 10 * kMega, "take a smaller model"},
                     {"activations", 60 * kMega, "set train.micro_batch_tokens below 512"}}};
}

TEST_CASE("seconds are units times what one took; phases that were not timed have none") {
  const plan::Estimate e = plan::estimate(some_work(), std::vector<plan::UnitTime>{{"training", 0.5}}, 0);
  CHECK(e.seconds == doctest::Approx(50));
  CHECK(e.phases.size() == 1);
  CHECK_FALSE(e.upper_bound);
  const std::vector<plan::UnitTime> both{{"training", 0.5}, {"validation", 2}};
  CHECK(plan::estimate(some_work(), both, 0).seconds == doctest::Approx(55));
}

TEST_CASE("one phase that is an upper bound makes the whole one") {
  Work work = some_work();
  work.phases[1].upper_bound = true;
  const std::vector<plan::UnitTime> both{{"training", 0.5}, {"validation", 2}};
  CHECK(plan::estimate(work, both, 0).upper_bound);
  CHECK(plan::describe(plan::estimate(work, both, 0), 0).back().starts_with("time    at most 0:55"));
}

TEST_CASE("a time of a phase that the job does not have is our own mistake") {
  CHECK_THROWS_WITH_AS(plan::estimate(some_work(), std::vector<plan::UnitTime>{{"rollouts", 1}}, 0),
                       doctest::Contains("'rollouts'"), Error);
}

TEST_CASE("bytes are the job's and the program's, the largest first") {
  const plan::Estimate e = plan::estimate(some_work(), {}, 20 * kMega);
  CHECK(e.bytes >= 100 * kMega);
  CHECK(e.bytes < 105 * kMega);
  CHECK(e.memory.front().name == "activations");
  CHECK(e.memory[1].name == "program and data");
  CHECK(plan::describe(e, 0).size() == 1);
  CHECK(plan::describe(e, 500 * kMega).front().find("(500 MB are free): activations 60.0 MB, program") !=
        std::string::npos);
}

TEST_CASE("a job that does not fit is refused with need, room and the remedies that would make it fit") {
  const plan::Estimate e = plan::estimate(some_work(), {}, 20 * kMega);
  CHECK_NOTHROW(plan::require_room(e, 20 * kMega, 85 * kMega));
  CHECK_NOTHROW(plan::require_room(e, 20 * kMega, 0));  // not known
  CHECK_THROWS_WITH_AS(plan::require_room(e, 20 * kMega, 50 * kMega),
                       doctest::Contains("set train.micro_batch_tokens below 512"), Error);
  try {
    plan::require_room(e, 20 * kMega, 50 * kMega);
  } catch (const Error& error) {
    const std::string text = error.what();
    CHECK(text.find("70.0 MB are there") != std::string::npos);
    CHECK(text.find("smaller model") == std::string::npos);  // the first remedy is enough
    CHECK(error.fault() == Fault::input);
  }
  CHECK_THROWS_WITH_AS(plan::require_room(e, 20 * kMega, 1 * kMega), doctest::Contains("take a smaller model"), Error);
}

TEST_CASE("sizes have three digits") {
  CHECK(plan::size_text(0) == "0 B");
  CHECK(plan::size_text(999) == "999 B");
  CHECK(plan::size_text(1000) == "1.00 kB");
  CHECK(plan::size_text(83'331'000) == "83.3 MB");
  CHECK(plan::size_text(999'600'000) == "1.00 GB");
  CHECK(plan::size_text(10'825'000'000'000) == "10.8 TB");
}
