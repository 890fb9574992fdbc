// Speed of choosing experts: router/<operation>/f32/rows=…,experts=…,k=…,groups=….
#include "bench/bench.h"
#include "bench/ops/all.h"
#include "millet/ops/router.h"
#include "tests/ops/router_cases.h"

namespace millet::bench {

void register_router(Machine& machine) {
  for (const tests::RouterCase& c : tests::router_speed_cases()) {
    const Shape all{c.rows, c.experts}, chosen{c.rows, c.k};
    const auto n = static_cast<double>(all.elements());
    add(machine, "router/router/f32/" + c.name(), 25 * n, 8 * n, [=](Machine& m) {
      const Tensor logits = m.normals(all), bias = m.tensor({c.experts}), scores = m.tensor(all);
      const Tensor expert = m.ids(scattered(chosen.elements(), c.experts)).reshape(chosen), gate = m.tensor(chosen);
      return [=, &m] { ops::router(m.ctx(), logits, bias, scores, expert, gate, c.options); };
    });
    add(machine, "router/router_backward/f32/" + c.name(), 3 * n, 8 * n, [=](Machine& m) {
      const Tensor dgate = m.normals(chosen), scores = m.normals(all), dlogits = m.tensor(all);
      const Tensor expert = m.ids(scattered(chosen.elements(), c.experts)).reshape(chosen);
      return [=, &m] { ops::router_backward(m.ctx(), dgate, {}, scores, expert, dlogits, c.options); };
    });
    add(machine, "router/sequence_balance/f32/" + c.name(), 7 * n, 12 * n, [=](Machine& m) {
      std::vector<ops::Segment> segments;
      for (int64_t first = 0; first < c.rows; first += 64) segments.push_back({first, 64});
      const auto B = static_cast<int64_t>(segments.size());
      const Tensor scores = m.normals(all), dscores = m.tensor(all), coefficient = m.normals({B}), loss = m.tensor({B});
      const Tensor expert = m.ids(scattered(chosen.elements(), c.experts)).reshape(chosen);
      return [=, &m] { ops::sequence_balance(m.ctx(), scores, expert, segments, coefficient, loss, dscores); };
    });
  }
}

}  // namespace millet::bench
