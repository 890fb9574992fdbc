// Ctrl-C and SIGTERM: the first asks the loop to stop at the next step with a checkpoint, the second ends at once.
#pragma once

namespace millet::cli {

// From now on the signals are counted. Call once, before a long job.
void watch_interrupts();

// A signal came.
bool interrupted();

// "SIGINT" or "SIGTERM": which came first; "" before.
const char* interrupt_name();

}  // namespace millet::cli
