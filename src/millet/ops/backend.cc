#include "millet/ops/backend.h"

namespace millet::ops {

const Backend& backend(Context& ctx) {
  return *static_cast<const Backend*>(ctx.device().operations());
}

}  // namespace millet::ops
