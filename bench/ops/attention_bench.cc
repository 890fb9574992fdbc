// Speed of attention: attention/<kind>/f32/b=…,s=…,n=…,d=…,dv=… for b sequences of s rows (decoding: s cached).
#include <algorithm>

#include "bench/bench.h"
#include "bench/ops/all.h"
#include "millet/ops/attention.h"
#include "tests/ops/attention_cases.h"

namespace millet::bench {

using tests::AttentionCase;
using tests::DecodingCase;

// Pairs of a row and a key it sees.
static double pairs(const AttentionCase& c) {
  double sum = 0;
  for (const int64_t length : c.lengths) sum += 0.5 * static_cast<double>(length * (length + 1));
  return sum * static_cast<double>(c.heads);
}

template <class Run>
static void measure(Machine& machine, const std::string& kind, const AttentionCase& c, double products, Run run) {
  const std::string name = fmt::format("attention/{}/f32/b={},s={},n={},d={},dv={}", kind, c.lengths.size(),
                                       c.lengths[0], c.heads, c.depth, c.width);
  benchmark::RegisterBenchmark(name.c_str(), [&machine, c, products, run](benchmark::State& state) {
    run(machine, c, state);
    machine.report(state, 2 * pairs(c) * products,
                   4.0 * static_cast<double>(c.rows() * c.heads * 2 * (c.depth + c.width)));
    machine.clear();
  })->UseRealTime();
}

static void forward(Machine& machine, const AttentionCase& c, benchmark::State& state) {
  const Tensor q = machine.normals({c.rows(), c.heads, c.depth}), k = machine.normals(q.shape());
  const Tensor v = machine.normals({c.rows(), c.heads, c.width}), y = machine.tensor(v.shape());
  const Tensor lse = machine.tensor({c.rows(), c.heads});
  const std::vector<ops::Segment> segments = c.segments();
  for (auto _ : state) ops::attention(machine.ctx(), q, k, v, segments, y, lse, {.scale = 0.14});
}

static void backward(Machine& machine, const AttentionCase& c, benchmark::State& state) {
  const Tensor q = machine.normals({c.rows(), c.heads, c.depth}), k = machine.normals(q.shape());
  const Tensor v = machine.normals({c.rows(), c.heads, c.width}), y = machine.tensor(v.shape());
  const Tensor lse = machine.tensor({c.rows(), c.heads}), dy = machine.normals(v.shape());
  const Tensor dq = machine.tensor(q.shape()), dk = machine.tensor(q.shape()), dv = machine.tensor(v.shape());
  const std::vector<ops::Segment> segments = c.segments();
  ops::attention(machine.ctx(), q, k, v, segments, y, lse, {.scale = 0.14});
  for (auto _ : state)
    ops::attention_backward(machine.ctx(), dy, q, k, v, y, lse, segments, dq, dk, dv, {.scale = 0.14});
}

static void decoding(Machine& machine, const DecodingCase& c, benchmark::State& state) {
  const int64_t per_sequence = c.cached / 64 + 1, n_pages = c.sequences * per_sequence;
  const Tensor q = machine.normals({c.sequences, c.heads, c.depth});
  const Tensor y = machine.tensor({c.sequences, c.heads, c.width});
  const ops::PagedKeysValues cache{machine.normals({n_pages, c.heads, c.depth, 64}),
                                   machine.normals({n_pages, c.heads, 64, c.width})};
  std::vector<int32_t> table(static_cast<size_t>(n_pages));
  for (size_t i = 0; i < table.size(); ++i) table[i] = static_cast<int32_t>(i);
  const Tensor pages = machine.ids(table).reshape({c.sequences, per_sequence});
  std::vector<ops::Segment> segments;
  for (int64_t b = 0; b < c.sequences; ++b) segments.push_back({.first_row = b, .rows = 1, .cached_rows = c.cached});
  for (auto _ : state) ops::attention_paged(machine.ctx(), q, cache, pages, segments, y, {.scale = 0.14});
}

void register_attention(Machine& machine) {
  for (const AttentionCase& c : tests::attention_speed_cases()) {
    const auto depth = static_cast<double>(c.depth), width = static_cast<double>(c.width);
    measure(machine, "forward", c, depth + width, forward);
    measure(machine, "backward", c, 3 * depth + 2 * width, backward);
  }
  for (const DecodingCase& c : tests::attention_decoding_cases()) {
    const std::string name = fmt::format("attention/decoding/f32/b={},s={},n={},d={},dv={}", c.sequences, c.cached,
                                         c.heads, c.depth, c.width);
    benchmark::RegisterBenchmark(name.c_str(), [&machine, c](benchmark::State& state) {
      decoding(machine, c, state);
      const auto floats = static_cast<double>(c.sequences * (c.cached + 1) * c.heads * (c.depth + c.width));
      machine.report(state, 2 * floats, 4 * floats);
      machine.clear();
    })->UseRealTime();
  }
}

}  // namespace millet::bench
