// Speed of log-probabilities: loss/<operation>/f32/rows=…,width=… of logits.
#include "bench/bench.h"
#include "bench/ops/all.h"
#include "millet/ops/loss.h"
#include "tests/ops/row_cases.h"

namespace millet::bench {

void register_loss(Machine& machine) {
  for (const tests::RowCase& c : tests::vocabulary_speed_cases()) {
    const Shape shape{c.rows, c.width};
    const auto n = static_cast<double>(shape.elements());
    add(machine, "loss/log_prob/f32/" + c.name(), 22 * n, 4 * n, [=](Machine& m) {
      const Tensor logits = m.normals(shape), target = m.ids(scattered(c.rows, c.width));
      const Tensor log_prob = m.tensor({c.rows}), lse = m.tensor({c.rows});
      return [=, &m] { ops::log_prob(m.ctx(), logits, target, log_prob, lse, {}); };
    });
    add(machine, "loss/log_prob_backward/f32/" + c.name(), 22 * n, 8 * n, [=](Machine& m) {
      const Tensor logits = m.normals(shape), target = m.ids(scattered(c.rows, c.width));
      const Tensor dlog_prob = m.normals({c.rows}), lse = m.normals({c.rows}), dlogits = m.tensor(shape);
      return [=, &m] { ops::log_prob_backward(m.ctx(), dlog_prob, logits, target, lse, dlogits); };
    });
  }
}

}  // namespace millet::bench
