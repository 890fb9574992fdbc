// Speed of gated activations: activation/<operation>/f32/rows=…,width=….
#include "bench/bench.h"
#include "bench/ops/all.h"
#include "millet/ops/activation.h"
#include "tests/ops/row_cases.h"

namespace millet::bench {

void register_activation(Machine& machine) {
  for (const tests::RowCase& c : tests::row_speed_cases()) {
    const Shape shape{c.rows, c.width}, both{c.rows, 2 * c.width};
    const auto n = static_cast<double>(shape.elements());
    add(machine, "activation/swiglu/f32/" + c.name(), 25 * n, 12 * n, [=](Machine& m) {
      const Tensor gate_up = m.normals(both), y = m.tensor(shape);
      return [=, &m] { ops::swiglu(m.ctx(), gate_up, y); };
    });
    add(machine, "activation/swiglu_backward/f32/" + c.name(), 30 * n, 20 * n, [=](Machine& m) {
      const Tensor gate_up = m.normals(both), dy = m.normals(shape), dgate_up = m.tensor(both);
      return [=, &m] { ops::swiglu_backward(m.ctx(), dy, gate_up, dgate_up); };
    });
  }
}

}  // namespace millet::bench
