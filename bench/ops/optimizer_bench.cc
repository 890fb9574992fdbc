// Speed of the optimizers: optimizer/<operation>/f32/b=…,n=…,k=…. Muon counts five full Newton–Schulz steps: what
// symmetry saves shows as a higher rate.
#include <algorithm>

#include "bench/bench.h"
#include "bench/ops/all.h"
#include "millet/ops/optimizer.h"
#include "tests/ops/optimizer_cases.h"

namespace millet::bench {

void register_optimizer(Machine& machine) {
  for (const tests::StackCase& c : tests::stack_speed_cases()) {
    const Shape shape{c.matrices, c.rows, c.columns};
    const auto n = static_cast<double>(shape.elements());
    const auto shorter = static_cast<double>(std::min(c.rows, c.columns));
    const double products = 2 * n * shorter * 2 + 2 * static_cast<double>(c.matrices) * shorter * shorter * shorter;
    add(machine, "optimizer/muon/f32/" + c.name(), 5 * products, 20 * n, [=](Machine& m) {
      const Tensor weight = m.normals(shape), grad = m.normals(shape), momentum = m.tensor(shape);
      return [=, &m] { ops::muon(m.ctx(), weight, grad, momentum, {}); };
    });
    add(machine, "optimizer/adamw/f32/" + c.name(), 18 * n, 28 * n, [=](Machine& m) {
      const Tensor weight = m.normals(shape), grad = m.normals(shape), first = m.tensor(shape),
                   second = m.tensor(shape);
      return [=, &m] { ops::adamw(m.ctx(), weight, grad, first, second, {}); };
    });
  }
}

}  // namespace millet::bench
