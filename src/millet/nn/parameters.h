// The only list of weights: optimizer, checkpoint, export, rollouts all walk it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "millet/core/buffer.h"
#include "millet/core/tensor.h"

namespace millet::nn {

// What a weight is for. Decides decay (not vector, bias or embedding) and optimizer (Muon: matrix alone), never name or
// shape. A vector multiplies (a norm's), a bias is added.
enum class Role : uint8_t { matrix, embedding, head, router, vector, bias };

struct Parameter {
  std::string name;  // Hugging Face's; experts of a projection are stacked under "….mlp.experts.gate_up_proj"
  Shape shape;
  Role role = Role::matrix;
  bool trainable = true;  // false: moved by hand (the router's correction bias) or not at all (frozen)
  int64_t matrices =
      1;  // how many [out, in] are stacked in it: one an expert, gate apart from up (Muon takes each alone)
  bool residual_output = false;  // writes into the residual stream (o_proj, down_proj): initialisation scales these
  Tensor value;                  // what forward reads
  Tensor master;         // f32 for the optimizer; the same memory as value when computing in f32; empty for inference
  Tensor grad;           // empty for inference
  uint64_t version = 0;  // moves whenever value changes: packed copies are remade
  // Of a weight that is still in its files (Parameters::Mode::mapped), which has no value: its elements from `first`
  // on. Called by several threads at once.
  std::function<void(int64_t first, std::span<float> out)> stored;

  void touch() { ++version; }
};

class Parameters {
 public:
  enum class Mode : uint8_t {
    shapes,     // names and shapes alone: counts the largest model without its memory
    inference,  // values
    mapped,     // inference, with matrices left in their files until a product first wants them: the copies that it
                // likes best are made then, of a stack of experts one by one; of an embedding the rows are read
    training,   // values and gradients
  };

  // f32, or f64 on the reference device for finite differences.
  Parameters(Device& device, Mode mode, DType dtype = DType::f32) : device_(device), mode_(mode), dtype_(dtype) {}
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;

  // Registers a weight, zero-filled. Its address stays. Throws Error where the name is taken.
  Parameter& add(std::string_view name, const Shape& shape, Role role);

  Parameter* find(std::string_view name);
  Parameter& at(std::string_view name);  // Error where missing

  auto begin() { return list_.begin(); }
  auto end() { return list_.end(); }
  auto begin() const { return list_.begin(); }
  auto end() const { return list_.end(); }

  int64_t elements() const;
  int64_t bytes() const;  // values and gradients
  void zero_grad();

  Device& device() const { return device_; }
  Mode mode() const { return mode_; }
  DType dtype() const { return dtype_; }

 private:
  Device& device_;
  Mode mode_;
  DType dtype_;
  std::deque<Parameter> list_;
  std::unordered_map<std::string_view, Parameter*> by_name_;  // views of the names in list_
  std::deque<Buffer> memory_;
};

}  // namespace millet::nn
