// What all benchmarks share: a device with its context, the measured ceiling, and the counters that are reported.
#pragma once

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "millet/core/arena.h"
#include "millet/core/context.h"
#include "millet/core/rng.h"
#include "millet/ops/cpu/ceiling.h"

namespace millet::bench {

// The cpu at its best level with all its threads, made once for the program.
class Machine {
 public:
  Machine(const std::string& isa, int threads);

  Context& ctx() { return ctx_; }
  const ops::cpu::Ceiling& ceiling() const { return ceiling_; }

  // Standard normal values; memory of the running benchmark, given back by `clear`.
  Tensor normals(const Shape& shape);
  Tensor tensor(const Shape& shape) { return arena_.zeros(DType::f32, shape); }
  Tensor ids(const std::vector<int32_t>& values) { return arena_.ids(values); }
  Tensor bytes(int64_t count) { return arena_.tensor(DType::u8, {count}); }
  void clear() { arena_.clear(); }

  // FLOP/s, B/s and `of_ceiling`: the larger of the two shares of what the machine can do.
  void report(benchmark::State& state, double flops, double bytes) const;

 private:
  std::unique_ptr<Device> device_;
  Context ctx_;
  Arena arena_;
  ops::cpu::Ceiling ceiling_;
};

// Indices 0 … below−1 in a scattered order, round and round.
std::vector<int32_t> scattered(int64_t count, int64_t below);

// Adds a benchmark. `prepare(machine)` makes the operands and returns the call that is timed.
template <class Prepare>
void add(Machine& machine, const std::string& name, double flops, double bytes, Prepare prepare) {
  benchmark::RegisterBenchmark(name.c_str(), [&machine, flops, bytes, prepare](benchmark::State& state) {
    const auto call = prepare(machine);
    for (auto _ : state) call();
    machine.report(state, flops, bytes);
    machine.clear();
  })->UseRealTime();
}

// Each file of a room adds its benchmarks here.
void register_all(Machine& machine);

}  // namespace millet::bench
