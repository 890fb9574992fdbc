// Ctrl-C and SIGTERM: the first asks the loop to stop at the next step with a checkpoint, the second ends at once.
// Programs that judge answers end with this one.
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

// For a verb that has no loop to stop: Ctrl-C, SIGTERM and SIGHUP end it as they always do, but what it has started
// ends with it, and a cursor that the live view had hidden is back.
void tidy_up_on_signals();

// A signal came.
bool interrupted();

// "SIGINT" or "SIGTERM": which came first; "" before.
const char* interrupt_name();

}  // namespace millet::cli
