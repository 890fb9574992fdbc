// What the system says about memory.
#pragma once

#include <cstdint>

namespace millet {

// Bytes that this process can still get without pushing others out: the kernel's own estimate, or what its control
// group (a container) leaves it, whichever is less. 0 where the system does not say.
int64_t available_memory();

// Bytes of this process that are in memory now. 0 where the system does not say.
int64_t resident_memory();

}  // namespace millet
