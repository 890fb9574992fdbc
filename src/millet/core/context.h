// What every operation is given: device, threads, scratch memory, log. Passed, never global.
#pragma once

#include <cstdint>

#include "millet/core/arena.h"
#include "millet/core/device.h"
#include "millet/core/log.h"
#include "millet/core/thread_pool.h"

namespace millet {

class Context {
 public:
  Context(Device& device, int threads, Log& log = Log::silent())
      : device_(device), pool_(threads), workspace_(device), log_(log) {}

  Device& device() { return device_; }
  int threads() const { return pool_.threads(); }
  Log& log() { return log_; }

  // Scratch tensors: take them inside an ArenaScope.
  Arena& workspace() { return workspace_; }

  // f(task, worker) for each task in [0, tasks). The number of tasks follows from shapes alone, so that results do not
  // depend on the number of threads.
  template <class F>
  void parallel_for(int64_t tasks, F&& f) {
    pool_.run(tasks, TaskRef(f));
  }

 private:
  Device& device_;
  ThreadPool pool_;
  Arena workspace_;
  Log& log_;
};

}  // namespace millet
