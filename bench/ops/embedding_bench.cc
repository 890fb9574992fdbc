// Speed of token embedding: embedding/<operation>/f32/rows=…,width=….
#include "bench/bench.h"
#include "bench/ops/all.h"
#include "millet/ops/embedding.h"
#include "tests/ops/row_cases.h"

namespace millet::bench {

void register_embedding(Machine& machine) {
  constexpr int64_t kVocabulary = 2048;
  for (const tests::RowCase& c : tests::row_speed_cases()) {
    const Shape shape{c.rows, c.width};
    const auto n = static_cast<double>(shape.elements());
    add(machine, "embedding/embedding/f32/" + c.name(), 0, 8 * n, [=](Machine& m) {
      const Tensor table = m.normals({kVocabulary, c.width}), y = m.tensor(shape);
      const Tensor ids = m.ids(scattered(c.rows, kVocabulary));
      return [=, &m] { ops::embedding(m.ctx(), table, ids, y); };
    });
    add(machine, "embedding/embedding_backward/f32/" + c.name(), n, 12 * n, [=](Machine& m) {
      const Tensor dtable = m.tensor({kVocabulary, c.width}), dy = m.normals(shape);
      const Tensor ids = m.ids(scattered(c.rows, kVocabulary));
      return [=, &m] { ops::embedding_backward(m.ctx(), dy, ids, dtable); };
    });
  }
}

}  // namespace millet::bench
