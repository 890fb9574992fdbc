// Our own thread pool: tasks are numbered, the split is the caller's and never depends on the number of threads.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace millet {

// A borrowed callable f(task, worker): no allocation, valid during the call only.
class TaskRef {
 public:
  template <class F>
  explicit TaskRef(F& f)
      : object_(const_cast<void*>(static_cast<const void*>(&f))), call_([](void* object, int64_t task, int worker) {
          (*static_cast<std::remove_reference_t<F>*>(object))(task, worker);
        }) {}
  void operator()(int64_t task, int worker) const { call_(object_, task, worker); }

 private:
  void* object_;
  void (*call_)(void*, int64_t, int);
};

class ThreadPool {
 public:
  explicit ThreadPool(int threads);  // the caller's own thread counts as one
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // Runs f(0) … f(tasks − 1), each once, on any worker. Returns when all are done. Where tasks throw, what the lowest
  // of them threw is thrown here, whatever the number of threads, and tasks behind it may be left out. Not to be
  // called from inside a task.
  void run(int64_t tasks, TaskRef f);

 private:
  void work(int worker);
  void drain(int worker);
  void stop() noexcept;

  std::vector<std::thread> workers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<uint64_t> generation_{0};
  std::atomic<int> sleeping_{0};
  std::atomic<int> inside_{0};  // workers at the tasks of a run, and the bit kOpen while a run admits more
  std::atomic<bool> stop_{false};
  const TaskRef* task_ = nullptr;
  int64_t tasks_ = 0;
  std::atomic<int64_t> next_{0};
  std::exception_ptr error_;  // of task error_task_
  int64_t error_task_ = 0;
  std::mutex error_mutex_;
};

}  // namespace millet
