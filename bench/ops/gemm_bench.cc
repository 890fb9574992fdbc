// Speed of the matrix products: gemm/<kind>/f32/m=…,n=…,k=… are y [m, n] with chains of k.
#include "bench/bench.h"
#include "bench/ops/all.h"
#include "millet/ops/gemm.h"
#include "tests/ops/gemm_cases.h"

namespace millet::bench {

using tests::GemmCase;

template <class Run>
static void measure(Machine& machine, const std::string& kind, const GemmCase& c, int64_t matrices, Run run) {
  const std::string name = fmt::format("gemm/{}/f32/m={},n={},k={}{}", kind, c.rows, c.columns, c.depth,
                                       matrices > 1 ? fmt::format(",e={}", matrices) : "");
  benchmark::RegisterBenchmark(name.c_str(), [&machine, c, matrices, run](benchmark::State& state) {
    run(machine, c, matrices, state);
    const auto m = static_cast<double>(c.rows), n = static_cast<double>(c.columns), k = static_cast<double>(c.depth);
    const auto e = static_cast<double>(matrices);
    machine.report(state, 2 * m * n * k * e, 4 * (m * k + n * k + m * n) * e);
    machine.clear();
  })->UseRealTime();
}

static void nt(Machine& machine, const GemmCase& c, int64_t, benchmark::State& state) {
  const Tensor x = machine.normals({c.rows, c.depth}), w = machine.normals({c.columns, c.depth});
  const Tensor y = machine.tensor({c.rows, c.columns});
  for (auto _ : state) ops::gemm_nt(machine.ctx(), x, {.value = w}, y);
}

static void nt_packed(Machine& machine, const GemmCase& c, int64_t, benchmark::State& state) {
  const Tensor x = machine.normals({c.rows, c.depth}), w = machine.normals({c.columns, c.depth});
  const Tensor y = machine.tensor({c.rows, c.columns}),
               packed = machine.bytes(ops::gemm_packed_bytes(machine.ctx(), w));
  ops::gemm_pack(machine.ctx(), w, packed);
  for (auto _ : state) ops::gemm_nt(machine.ctx(), x, {.value = w, .packed = packed}, y);
}

static void nn(Machine& machine, const GemmCase& c, int64_t, benchmark::State& state) {
  const Tensor x = machine.normals({c.rows, c.depth}), w = machine.normals({c.depth, c.columns});
  const Tensor y = machine.tensor({c.rows, c.columns});
  for (auto _ : state) ops::gemm_nn(machine.ctx(), x, w, y);
}

static void tn(Machine& machine, const GemmCase& c, int64_t, benchmark::State& state) {
  const Tensor a = machine.normals({c.depth, c.rows}), b = machine.normals({c.depth, c.columns});
  const Tensor y = machine.tensor({c.rows, c.columns});
  for (auto _ : state) ops::gemm_tn(machine.ctx(), a, b, y, {.accumulate = true});
}

// Grouped: m rows for each matrix.
static Tensor even_begin(Machine& machine, int64_t matrices, int64_t rows) {
  std::vector<int32_t> begin;
  for (int64_t e = 0; e <= matrices; ++e) begin.push_back(static_cast<int32_t>(e * rows));
  return machine.ids(begin);
}

static void grouped_nt(Machine& machine, const GemmCase& c, int64_t matrices, benchmark::State& state) {
  const Tensor x = machine.normals({matrices * c.rows, c.depth}), w = machine.normals({matrices, c.columns, c.depth});
  const Tensor y = machine.tensor({matrices * c.rows, c.columns}), begin = even_begin(machine, matrices, c.rows);
  for (auto _ : state) ops::gemm_grouped_nt(machine.ctx(), x, {.value = w}, begin, y);
}

static void grouped_nn(Machine& machine, const GemmCase& c, int64_t matrices, benchmark::State& state) {
  const Tensor x = machine.normals({matrices * c.rows, c.depth}), w = machine.normals({matrices, c.depth, c.columns});
  const Tensor y = machine.tensor({matrices * c.rows, c.columns}), begin = even_begin(machine, matrices, c.rows);
  for (auto _ : state) ops::gemm_grouped_nn(machine.ctx(), x, w, begin, y);
}

static void grouped_tn(Machine& machine, const GemmCase& c, int64_t matrices, benchmark::State& state) {
  const Tensor a = machine.normals({matrices * c.depth, c.rows}), b = machine.normals({matrices * c.depth, c.columns});
  const Tensor y = machine.tensor({matrices, c.rows, c.columns}), begin = even_begin(machine, matrices, c.depth);
  for (auto _ : state) ops::gemm_grouped_tn(machine.ctx(), a, b, begin, y, {.accumulate = true});
}

void register_gemm(Machine& machine) {
  for (const GemmCase& c : tests::gemm_training_cases()) {
    measure(machine, "nt", c, 1, nt);
    // The gradients of the same Linear: of its input, of its weight.
    measure(machine, "nn", {c.rows, c.depth, c.columns}, 1, nn);
    measure(machine, "tn", {c.columns, c.depth, c.rows}, 1, tn);
  }
  for (const tests::GroupedCase& c : tests::gemm_grouped_cases()) {
    measure(machine, "grouped_nt", c.each, c.matrices, grouped_nt);
    measure(machine, "grouped_nn", {c.each.rows, c.each.depth, c.each.columns}, c.matrices, grouped_nn);
    measure(machine, "grouped_tn", {c.each.columns, c.each.depth, c.each.rows}, c.matrices, grouped_tn);
  }
  for (const GemmCase& c : tests::gemm_decoding_cases()) measure(machine, "nt_packed", c, 1, nt_packed);
}

}  // namespace millet::bench
