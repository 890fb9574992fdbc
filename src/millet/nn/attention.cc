#include "millet/nn/attention.h"

#include <type_traits>

namespace millet::nn {

static std::variant<Mla, Gqa> make_attention(Parameters& parameters, std::string_view name,
                                             const Attention::Dims& dims) {
  if (const auto* latent = std::get_if<MlaDims>(&dims)) return Mla(parameters, name, *latent);
  return Gqa(parameters, name, std::get<GqaDims>(dims));
}

Attention::Attention(Parameters& parameters, std::string_view name, const Dims& dims)
    : module_(make_attention(parameters, name, dims)) {}

template <class Module>
using SavedOf = typename std::decay_t<Module>::Saved;

void Attention::forward(Context& ctx, const Batch& batch, ConstTensor x, RopeTable& rope, int64_t layer, Tensor y,
                        Arena& keep, Saved& saved) const {
  std::visit(
      [&](const auto& module) {
        module.forward(ctx, batch, x, rope, layer, y, keep, saved.emplace<SavedOf<decltype(module)>>());
      },
      module_);
}

void Attention::backward_input(Context& ctx, const Batch& batch, ConstTensor dy, const RopeTable& rope, Tensor dx,
                               Arena& keep, Saved& saved) const {
  std::visit(
      [&](const auto& module) {
        module.backward_input(ctx, batch, dy, rope, dx, keep, std::get<SavedOf<decltype(module)>>(saved));
      },
      module_);
}

void Attention::backward_weight(Context& ctx, const Saved& saved) {
  std::visit([&](auto& module) { module.backward_weight(ctx, std::get<SavedOf<decltype(module)>>(saved)); }, module_);
}

Cost Attention::cost(int64_t rows, int64_t context) const {
  return std::visit([&](const auto& module) { return module.cost(rows, context); }, module_);
}

}  // namespace millet::nn
