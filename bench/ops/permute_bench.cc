// Speed of moving rows to experts and back: permute/<operation>/f32/rows=…,width=….
#include "bench/bench.h"
#include "bench/ops/all.h"
#include "millet/ops/permute.h"
#include "tests/ops/row_cases.h"

namespace millet::bench {

void register_permute(Machine& machine) {
  constexpr int64_t k = 2;  // experts a token
  for (const tests::RowCase& c : tests::row_speed_cases()) {
    const Shape tokens{c.rows, c.width}, rows{k * c.rows, c.width};
    const auto n = static_cast<double>(rows.elements());
    add(machine, "permute/gather_rows/f32/" + c.name(), 0, 8 * n, [=](Machine& m) {
      const Tensor x = m.normals(tokens), source = m.ids(scattered(k * c.rows, c.rows)), y = m.tensor(rows);
      return [=, &m] { ops::gather_rows(m.ctx(), x, source, y); };
    });
    add(machine, "permute/combine_rows/f32/" + c.name(), n, 6 * n, [=](Machine& m) {
      const Tensor x = m.normals(rows), y = m.tensor(tokens);
      const Tensor slot = m.ids(scattered(k * c.rows, k * c.rows)).reshape({c.rows, k});
      return [=, &m] { ops::combine_rows(m.ctx(), x, slot, y); };
    });
  }
}

}  // namespace millet::bench
