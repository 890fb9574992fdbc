// Speed of rotation: rope/rope/f32/rows=…,heads=…,width=….
#include "bench/bench.h"
#include "bench/ops/all.h"
#include "millet/ops/rope.h"
#include "tests/ops/rope_cases.h"

namespace millet::bench {

void register_rope(Machine& machine) {
  for (const tests::RopeCase& c : tests::rope_speed_cases()) {
    const Shape shape{c.rows, c.heads, c.width};
    const auto n = static_cast<double>(shape.elements());
    add(machine, "rope/rope/f32/" + c.name(), 3 * n, 8 * n, [=](Machine& m) {
      const Tensor x = m.normals(shape), y = m.tensor(shape);
      const Tensor cos = m.normals({c.rows, c.width / 2}), sin = m.normals({c.rows, c.width / 2});
      const Tensor positions = m.ids(scattered(c.rows, c.rows));
      return [=, &m] { ops::rope(m.ctx(), x, cos, sin, positions, y); };
    });
  }
}

}  // namespace millet::bench
