// Ctrl-C and SIGTERM: the first asks the loop to stop at the next step with a checkpoint, the second ends at once.
#pragma once

#include <functional>
#include <string_view>
#include <thread>

namespace millet::cli {

// From its making on the signals are counted, for the rest of the process. One at a time, for a long job.
class InterruptWatch {
 public:
  // `tell` says what a line says, when the first signal comes: on a thread of its own, at once, however long a step is.
  explicit InterruptWatch(std::function<void(std::string_view)> tell);
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

 private:
  std::thread teller_;
};

// A signal came.
bool interrupted();

// "SIGINT" or "SIGTERM": which came first; "" before.
const char* interrupt_name();

}  // namespace millet::cli
