// Speed of normalisation: norm/<operation>/f32/rows=…,width=….
#include "bench/bench.h"
#include "bench/ops/all.h"
#include "millet/ops/norm.h"
#include "tests/ops/row_cases.h"

namespace millet::bench {

void register_norm(Machine& machine) {
  for (const tests::RowCase& c : tests::row_speed_cases()) {
    const Shape shape{c.rows, c.width};
    const auto n = static_cast<double>(shape.elements());
    add(machine, "norm/rms_norm/f32/" + c.name(), 4 * n, 8 * n, [=](Machine& m) {
      const Tensor x = m.normals(shape), weight = m.normals({c.width}), y = m.tensor(shape), rstd = m.tensor({c.rows});
      return [=, &m] { ops::rms_norm(m.ctx(), x, weight, y, rstd); };
    });
    add(machine, "norm/rms_norm_backward_input/f32/" + c.name(), 8 * n, 12 * n, [=](Machine& m) {
      const Tensor x = m.normals(shape), dy = m.normals(shape), weight = m.normals({c.width});
      const Tensor rstd = m.normals({c.rows}), dx = m.tensor(shape);
      return [=, &m] { ops::rms_norm_backward_input(m.ctx(), dy, x, weight, rstd, dx); };
    });
    add(machine, "norm/rms_norm_backward_weight/f32/" + c.name(), 3 * n, 8 * n, [=](Machine& m) {
      const Tensor x = m.normals(shape), dy = m.normals(shape), rstd = m.normals({c.rows}), dw = m.tensor({c.width});
      return [=, &m] { ops::rms_norm_backward_weight(m.ctx(), dy, x, rstd, dw); };
    });
  }
}

}  // namespace millet::bench
