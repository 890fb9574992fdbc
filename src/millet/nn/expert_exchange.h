// How rows reach their experts and come back. Local: nn/local_exchange.h. Over several ranks: dist, later.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "millet/core/context.h"
#include "millet/core/tensor.h"

namespace millet::nn {

// Something that was started. The piece that uses the result waits for it; a local move has nothing to wait for.
class Move {
 public:
  Move() = default;
  explicit Move(std::function<void()> wait) : wait_(std::move(wait)) {}
  void wait() {
    if (wait_) std::exchange(wait_, nullptr)();
  }

 private:
  std::function<void()> wait_;
};

// Which row goes where, decided once per block and chunk; fixes the order of every later sum.
struct Route {
  int64_t rows = 0;         // R: rows at this rank's experts, may be 0
  ConstTensor begin;        // [E_local + 1] i32: where each local expert's rows begin
  ConstTensor source;       // [R] i32: the token of each row
  ConstTensor source_slot;  // [R] i32: its place t·k + s in the gates
  ConstTensor slot;         // [T, k] i32: the row of each of the token's experts, −1 = none
};

// Forward and backward need two kinds of move: dispatch = scatter(x, gate), combine = gather(z),
// combine_b = scatter(dy), dispatch_b = gather(drows, drow_gate).
class ExpertExchange {
 public:
  virtual ~ExpertExchange() = default;
  // expert [T, k] i32, −1 = none. The only call that may block. The route's tensors come from `keep`.
  virtual Route route(Context&, ConstTensor expert, Arena& keep) = 0;
  // token → expert: x [T, H] → rows [R, H], grouped by local expert; gate [T, k] → row_gate [R] (both may be empty).
  virtual Move scatter(Context&, const Route&, ConstTensor x, ConstTensor gate, Tensor rows, Tensor row_gate) = 0;
  // expert → token: rows [R, H] → y [T, H], summed over the token's experts in slot order; row_gate [R] → gate [T, k]
  // (both may be empty).
  virtual Move gather(Context&, const Route&, ConstTensor rows, ConstTensor row_gate, Tensor y, Tensor gate) = 0;
};

}  // namespace millet::nn
