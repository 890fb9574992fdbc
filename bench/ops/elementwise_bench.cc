// Speed of elementwise operations: elementwise/<operation>/f32/rows=…,width=….
#include "bench/bench.h"
#include "bench/ops/all.h"
#include "millet/ops/elementwise.h"
#include "tests/ops/row_cases.h"

namespace millet::bench {

void register_elementwise(Machine& machine) {
  for (const tests::RowCase& c : tests::row_speed_cases()) {
    const Shape shape{c.rows, c.width};
    const auto n = static_cast<double>(shape.elements());
    const std::string of_case = "/f32/" + c.name();
    add(machine, "elementwise/add" + of_case, n, 12 * n, [=](Machine& m) {
      const Tensor a = m.normals(shape), b = m.normals(shape), y = m.tensor(shape);
      return [=, &m] { ops::add(m.ctx(), a, b, y); };
    });
    add(machine, "elementwise/copy_strided" + of_case, 0, 8 * n, [=](Machine& m) {
      const Tensor x = m.normals({c.rows, 2 * c.width}).slice(1, 0, c.width), y = m.tensor(shape);
      return [=, &m] { ops::copy(m.ctx(), x, y); };
    });
    add(machine, "elementwise/scale_rows" + of_case, n, 8 * n, [=](Machine& m) {
      const Tensor x = m.normals(shape), weight = m.normals({c.rows}), y = m.tensor(shape);
      return [=, &m] { ops::scale_rows(m.ctx(), x, weight, y); };
    });
    add(machine, "elementwise/row_dot" + of_case, 2 * n, 8 * n, [=](Machine& m) {
      const Tensor a = m.normals(shape), b = m.normals(shape), y = m.tensor({c.rows});
      return [=, &m] { ops::row_dot(m.ctx(), a, b, y); };
    });
    add(machine, "elementwise/sum_of_squares" + of_case, 2 * n, 4 * n, [=](Machine& m) {
      const Tensor x = m.normals(shape);
      return [=, &m] { benchmark::DoNotOptimize(ops::sum_of_squares(m.ctx(), x)); };
    });
  }
}

}  // namespace millet::bench
