// Parameters and their names on disk. A parameter may be several tensors there (one matrix an expert, gate apart from
// up), and a tensor there may be a copy (the second prediction's embedding and head).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "millet/core/tensor.h"
#include "millet/model/config.h"
#include "millet/nn/parameters.h"

namespace millet::model {

// One tensor of a Hugging Face directory: `shape` elements of `parameter` from `offset`.
struct DiskTensor {
  std::string name;
  Shape shape;
  std::string parameter;
  int64_t offset = 0;    // elements
  bool is_copy = false;  // written for the format's sake; not read where the original is there
};

// What a parameter's name is on disk: the same, but for the second prediction of a family that names it its own way.
std::string disk_name(const ModelConfig& config, std::string_view parameter);

// All tensors of the model, in the order of the parameters, copies last.
std::vector<DiskTensor> disk_tensors(const ModelConfig& config, const nn::Parameters& parameters);

}  // namespace millet::model
