// Speed of drawing tokens: sample/<restriction>/f32/rows=…,width=… of logits. Logits are
// standard normal: flat, the hard case for top-p.
#include "bench/bench.h"
#include "bench/ops/all.h"
#include "millet/ops/elementwise.h"
#include "millet/ops/sample.h"
#include "tests/ops/row_cases.h"

namespace millet::bench {

void register_sample(Machine& machine) {
  struct Restriction {
    const char* name;
    int32_t top_k;
    float top_p;
  };
  for (const tests::RowCase& c : tests::vocabulary_speed_cases()) {
    for (const Restriction& r : {Restriction{"all", 0, 1.0F}, {"top_k=40", 40, 1.0F}, {"top_p=0.9", 0, 0.9F}}) {
      const Shape shape{c.rows, c.width};
      const auto n = static_cast<double>(shape.elements());
      add(machine, fmt::format("sample/{}/f32/{}", r.name, c.name()), 25 * n, 4 * n, [=](Machine& m) {
        const auto each = [&](float value) {
          const Tensor t = m.tensor({c.rows});
          ops::fill(m.ctx(), t, static_cast<double>(value));
          return t;
        };
        const Tensor logits = m.normals(shape), temperature = each(1), top_p = each(r.top_p), uniform = each(0.5F);
        const Tensor top_k = m.ids(std::vector<int32_t>(static_cast<size_t>(c.rows), r.top_k));
        const Tensor token = m.ids(scattered(c.rows, c.rows));
        return [=, &m] { ops::sample(m.ctx(), logits, temperature, top_k, top_p, uniform, token); };
      });
    }
  }
}

}  // namespace millet::bench
