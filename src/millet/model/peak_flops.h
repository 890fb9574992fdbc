// What a machine does at best in matrix products: the ceiling that utilisation is measured against.
#pragma once

#include "millet/core/context.h"

namespace millet::model {

// Operations a second of a large square product with a packed weight, the best of several within about 0.15 s.
double peak_flops(Context& ctx);

}  // namespace millet::model
