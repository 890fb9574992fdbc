#include "millet/core/thread_pool.h"

#include <algorithm>
#include <cassert>
#include <system_error>
#include <utility>

#include "millet/core/error.h"

namespace millet {

// Idle workers look for work this often before they sleep: operations follow each other within microseconds, and a
// sleeping thread needs some fifty of them to wake.
static constexpr int kSpins = 4000;

// The bit of `inside_` that lets workers in. The caller shuts it when no task is left and waits for those inside alone:
// a worker that the system has not scheduled in time, on a machine with other work, holds nobody up.
static constexpr int kOpen = 1 << 30;

static void pause_a_little() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

ThreadPool::ThreadPool(int threads) {
  try {
    for (int w = 1; w < std::max(threads, 1); ++w) workers_.emplace_back([this, w] { work(w); });
  } catch (const std::system_error& e) {
    const int started = this->threads();
    stop();  // the destructor does not run after a constructor that throws
    fail_own("threads: only {} of {} could be started ({}): ask for fewer with --threads", started, threads, e.what());
  }
}

ThreadPool::~ThreadPool() {
  stop();
}

void ThreadPool::stop() noexcept {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    generation_.fetch_add(1);
  }
  wake_.notify_all();
  for (std::thread& t : workers_) t.join();
  workers_.clear();
}

void ThreadPool::drain(int worker) {
  const TaskRef& f = *task_;
  for (int64_t task = next_.fetch_add(1); task < tasks_; task = next_.fetch_add(1)) {
    try {
      f(task, worker);
    } catch (...) {
      // Tasks are handed out in order: all below this one have begun, so skipping the rest cannot miss a lower error.
      next_.store(tasks_);
      const std::lock_guard lock(error_mutex_);
      if (!error_ || task < error_task_) {
        error_ = std::current_exception();
        error_task_ = task;
      }
    }
  }
}

void ThreadPool::run(int64_t tasks, TaskRef f) {
  if (tasks <= 0) return;
  if (tasks == 1 || workers_.empty()) {
    for (int64_t task = 0; task < tasks; ++task) f(task, 0);
    return;
  }
  assert(task_ == nullptr && "a task may not start tasks");
  task_ = &f;
  tasks_ = tasks;
  next_.store(0, std::memory_order_relaxed);
  inside_.fetch_or(kOpen);  // publishes the three above
  generation_.fetch_add(1);
  if (sleeping_.load() > 0) {
    const std::lock_guard lock(mutex_);  // a worker between its last look and its sleep holds it
    wake_.notify_all();
  }
  drain(0);
  inside_.fetch_and(~kOpen);
  for (int spins = 0; inside_.load(std::memory_order_acquire) != 0; ++spins) {
    if (spins < kSpins)
      pause_a_little();
    else
      std::this_thread::yield();
  }
  task_ = nullptr;
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void ThreadPool::work(int worker) {
  uint64_t seen = 0;
  while (true) {
    for (int spins = 0; generation_.load() == seen; ++spins) {
      if (spins < kSpins) {
        pause_a_little();
        continue;
      }
      std::unique_lock lock(mutex_);
      sleeping_.fetch_add(1);
      wake_.wait(lock, [&] { return generation_.load() != seen; });
      sleeping_.fetch_sub(1);
    }
    seen = generation_.load();
    if (stop_) return;
    if ((inside_.fetch_add(1) & kOpen) != 0) drain(worker);
    inside_.fetch_sub(1, std::memory_order_release);
  }
}

}  // namespace millet
