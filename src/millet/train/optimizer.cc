#include "millet/train/optimizer.h"

#include <algorithm>
#include <cmath>

#include "millet/core/error.h"
#include "millet/ops/elementwise.h"
#include "millet/ops/optimizer.h"
#include "millet/ops/scratch.h"

namespace millet::train {

void OptimizerConfig::fields(Fields& f) {
  f("name", name, "muon moves hidden matrices by Muon and the rest by AdamW", {"adamw", "muon"});
  f("beta1", beta1, "AdamW's decay of the first moment", below(0, 1));
  f("beta2", beta2, "AdamW's decay of the second moment", below(0, 1));
  f("eps", eps, "AdamW's epsilon", above(0, 1));
  f("weight_decay", weight_decay, "decoupled decay of matrices, not of vectors and embeddings", between(0, 1000));
  f("muon_momentum", muon_momentum, "Muon's momentum (Nesterov)", below(0, 1));
  f("clip", clip, "largest global gradient norm, 0 = no clipping", at_least(0));
}

static bool is_muons(const OptimizerConfig& config, const nn::Parameter& p) {
  return config.name == "muon" && p.role == nn::Role::matrix;
}

Optimizer::Optimizer(const OptimizerConfig& config, nn::Parameters& parameters) : config_(config) {
  for (nn::Parameter& p : parameters) {
    if (!p.trainable) continue;
    State& s = states_.emplace_back();
    s.parameter = &p;
    s.muon = is_muons(config, p);
    const int64_t bytes = p.shape.elements() * bytes_of(parameters.dtype());
    s.first = Buffer(parameters.device(), bytes);
    if (!s.muon) s.second = Buffer(parameters.device(), bytes);
  }
}

static bool decays(nn::Role role) {
  return role != nn::Role::vector && role != nn::Role::bias && role != nn::Role::embedding;
}

// [out, in] or a stack of them as [matrices, out, in].
static Tensor as_matrices(const nn::Parameter& p, const Tensor& t) {
  const int64_t columns = p.shape[-1];
  return t.reshape({p.matrices, p.shape.elements() / (p.matrices * columns), columns});
}

Optimizer::Outcome Optimizer::step(Context& ctx, double lr) {
  double squares = 0;
  for (const State& s : states_) squares += ops::sum_of_squares(ctx, s.parameter->grad);
  Outcome outcome{.grad_norm = std::sqrt(squares)};
  if (!std::isfinite(outcome.grad_norm)) {
    outcome.skipped = true;
    return outcome;
  }
  const double scale = config_.clip > 0 && outcome.grad_norm > config_.clip ? config_.clip / outcome.grad_norm : 1.0;
  ++steps_;
  for (State& s : states_) {
    nn::Parameter& p = *s.parameter;
    const double decay = decays(p.role) ? config_.weight_decay : 0.0;
    const Tensor first = s.first.tensor(p.master.dtype(), p.shape);
    if (s.muon) {
      ops::muon(ctx, as_matrices(p, p.master), as_matrices(p, p.grad), as_matrices(p, first),
                {.lr = lr, .momentum = config_.muon_momentum, .weight_decay = decay, .grad_scale = scale});
    } else {
      ops::adamw(ctx, p.master, p.grad, first, s.second.tensor(p.master.dtype(), p.shape),
                 {.lr = lr,
                  .beta1 = config_.beta1,
                  .beta2 = config_.beta2,
                  .eps = config_.eps,
                  .weight_decay = decay,
                  .grad_scale = scale,
                  .step = steps_});
    }
    p.touch();
  }
  return outcome;
}

void Optimizer::visit_state(const std::function<void(const std::string&, const Tensor&)>& visitor) {
  for (State& s : states_) {
    const nn::Parameter& p = *s.parameter;
    const DType type = p.master.dtype();
    visitor(p.name + (s.muon ? ".momentum" : ".m"), s.first.tensor(type, p.shape));
    if (!s.muon) visitor(p.name + ".v", s.second.tensor(type, p.shape));
  }
}

int64_t Optimizer::state_bytes(const OptimizerConfig& config, const nn::Parameters& parameters) {
  int64_t bytes = 0;
  for (const nn::Parameter& p : parameters) {
    const int64_t one = Buffer::footprint(p.shape.elements() * bytes_of(parameters.dtype()));
    if (p.trainable) bytes += is_muons(config, p) ? one : 2 * one;
  }
  return bytes;
}

int64_t Optimizer::scratch_bytes(const OptimizerConfig& config, const nn::Parameters& parameters, int threads) {
  int64_t most = 0;
  for (const nn::Parameter& p : parameters) {
    if (!p.trainable || !is_muons(config, p)) continue;
    const int64_t columns = p.shape[-1], rows = p.shape.elements() / (p.matrices * columns);
    const int64_t at_once = std::min<int64_t>(threads, p.matrices);
    most = std::max(most, at_once * ops::muon_scratch_bytes(rows, columns));
  }
  return most;
}

}  // namespace millet::train
