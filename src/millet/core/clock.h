// Time for measuring: never set back, of no particular beginning.
#pragma once

#include <chrono>

namespace millet {

inline double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace millet
