#include "millet/core/thread_pool.h"

#include <doctest/doctest.h>

#include <chrono>
#include <numeric>
#include <string>

#include "millet/core/error.h"

using namespace millet;

TEST_CASE("every task runs exactly once, for any number of tasks and threads") {
  for (const int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    CHECK(pool.threads() == threads);
    for (const int64_t tasks : {0, 1, 2, 7, 1000}) {
      std::vector<std::atomic<int>> ran(static_cast<size_t>(tasks));
      auto f = [&](int64_t task, int worker) {
        ran[static_cast<size_t>(task)]++;
        if (worker < 0 || worker >= threads) ran[static_cast<size_t>(task)] += 100;
      };
      pool.run(tasks, TaskRef(f));
      for (const auto& times : ran) CHECK(times == 1);
    }
  }
}

TEST_CASE("what tasks wrote without locks is there when run returns, many times over") {
  ThreadPool pool(4);
  std::vector<int64_t> values(64);
  for (int64_t round = 0; round < 400; ++round) {
    auto f = [&](int64_t task, int) { values[static_cast<size_t>(task)] = round + task; };
    pool.run(64, TaskRef(f));
    REQUIRE(std::accumulate(values.begin(), values.end(), int64_t{0}) == 64 * round + 63 * 32);
  }
}

TEST_CASE("workers that fell asleep wake up") {
  ThreadPool pool(3);
  std::atomic<int> count = 0;
  auto f = [&](int64_t, int) { ++count; };
  for (int round = 0; round < 10; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
    pool.run(30, TaskRef(f));
  }
  CHECK(count == 300);
}

TEST_CASE("two tasks are at work at the same time") {
  ThreadPool pool(2);
  std::atomic<int> inside = 0;
  auto f = [&](int64_t, int) {
    ++inside;
    while (inside < 2) std::this_thread::yield();  // would hang if they followed each other
  };
  pool.run(2, TaskRef(f));
  CHECK(inside == 2);
}

TEST_CASE("of several tasks that throw, the lowest is heard, for any number of threads") {
  for (const int threads : {1, 2, 8}) {
    ThreadPool pool(threads);
    for (int round = 0; round < 40; ++round) {
      auto f = [](int64_t task, int) {
        if (task == 9) std::this_thread::yield();  // let higher ones come first
        if (task >= 9) fail("task {}", task);
      };
      CHECK_THROWS_WITH_AS(pool.run(40, TaskRef(f)), "task 9", Error);
    }
    std::atomic<int> count = 0;
    auto fine = [&](int64_t, int) { ++count; };
    pool.run(40, TaskRef(fine));  // the pool goes on after an error
    CHECK(count == 40);
  }
}

TEST_CASE("fewer than one thread is one") {
  CHECK(ThreadPool(0).threads() == 1);
  CHECK(ThreadPool(-3).threads() == 1);
}

TEST_CASE("a pool that was never used ends") {
  for (int i = 0; i < 20; ++i) ThreadPool pool(4);
}
