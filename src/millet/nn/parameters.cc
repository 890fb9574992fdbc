#include "millet/nn/parameters.h"

#include "millet/core/error.h"

namespace millet::nn {

Parameter& Parameters::add(std::string_view name, const Shape& shape, Role role) {
  require(find(name) == nullptr, "parameters: '{}' is registered already", name);
  Parameter& p = list_.emplace_back();
  p.name = std::string(name);
  by_name_.emplace(p.name, &p);
  p.shape = shape;
  p.role = role;
  if (mode_ == Mode::shapes) return p;
  if (mode_ == Mode::mapped && role != Role::vector && role != Role::bias) return p;
  const int64_t bytes = shape.elements() * bytes_of(dtype_);
  p.value = memory_.emplace_back(device_, bytes).tensor(dtype_, shape);
  if (mode_ == Mode::training) {
    p.master = p.value;
    p.grad = memory_.emplace_back(device_, bytes).tensor(dtype_, shape);
  }
  return p;
}

Parameter* Parameters::find(std::string_view name) {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

Parameter& Parameters::at(std::string_view name) {
  Parameter* p = find(name);
  require(p != nullptr, "parameters: there is no '{}'", name);
  return *p;
}

int64_t Parameters::elements() const {
  int64_t sum = 0;
  for (const Parameter& p : list_) sum += p.shape.elements();
  return sum;
}

int64_t Parameters::bytes() const {
  int64_t sum = 0;
  for (const Buffer& b : memory_) sum += b.bytes();
  return sum;
}

void Parameters::zero_grad() {
  for (Parameter& p : list_) {
    if (!p.grad.empty()) device_.zero(p.grad.data(), static_cast<size_t>(p.grad.bytes()));
  }
}

}  // namespace millet::nn
