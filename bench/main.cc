// Entry point of the benchmark programs: [--isa LEVEL] [--threads N] and Google Benchmark's own options.
#include <cstdlib>
#include <thread>

#include "bench/bench.h"
#include "millet/core/error.h"
#include "millet/ops/devices.h"

namespace millet::bench {

Machine::Machine(const std::string& isa, int threads)
    : device_(ops::make_device("cpu", isa)),
      ctx_(*device_, threads),
      arena_(*device_),
      ceiling_(ops::cpu::measure_ceiling(ctx_, 0.2)) {}

Tensor Machine::normals(const Shape& shape) {
  const Tensor t = arena_.tensor(DType::f32, shape);
  std::vector<float> values(static_cast<size_t>(shape.elements()));
  Rng rng(1, "bench", static_cast<uint64_t>(arena_.used_bytes()));
  for (float& v : values) v = static_cast<float>(rng.normal());
  from_host(*device_, values, t);
  return t;
}

std::vector<int32_t> scattered(int64_t count, int64_t below) {
  std::vector<int32_t> indices;
  for (int64_t i = 0; i < count; ++i) indices.push_back(static_cast<int32_t>(i * 7919 % below));
  return indices;
}

void Machine::report(benchmark::State& state, double flops, double bytes) const {
  using benchmark::Counter;
  const Counter::Flags per_second = Counter::kIsIterationInvariantRate;
  state.counters["FLOP/s"] = Counter(flops, per_second);
  state.counters["B/s"] = Counter(bytes, per_second, Counter::kIs1024);
  const double of_flops = flops / ceiling_.flops_per_second, of_bytes = bytes / ceiling_.bytes_per_second;
  state.counters["of_ceiling"] = Counter(std::max(of_flops, of_bytes), per_second);
}

}  // namespace millet::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  std::string isa;
  int threads = static_cast<int>(std::thread::hardware_concurrency());
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::string(argv[i]) == "--isa") isa = argv[i + 1];
    if (std::string(argv[i]) == "--threads") threads = std::atoi(argv[i + 1]);
  }
  try {
    millet::bench::Machine machine(isa, threads);
    benchmark::AddCustomContext("threads", std::to_string(threads));
    benchmark::AddCustomContext("ceiling_flops_per_second", std::to_string(machine.ceiling().flops_per_second));
    benchmark::AddCustomContext("ceiling_bytes_per_second", std::to_string(machine.ceiling().bytes_per_second));
    millet::bench::register_all(machine);
    benchmark::RunSpecifiedBenchmarks();
  } catch (const millet::Error& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 2;
  }
  return 0;
}
