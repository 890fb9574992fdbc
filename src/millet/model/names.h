// Parameters and their names on disk. A parameter may be several tensors there (one matrix an expert, gate apart from
// up), and a tensor there may be a copy (the second prediction's embedding and head).
#pragma once

#include <string>
#include <vector>

#include "millet/core/tensor.h"
#include "millet/model/config.h"
#include "millet/nn/parameters.h"

namespace millet::model {

// One tensor of a Hugging Face directory: `shape` elements of `parameter` from `offset`.
struct DiskTensor {
  std::string name;  // DeepSeek's
  Shape shape;
  std::string parameter;
  int64_t offset = 0;    // elements
  bool is_copy = false;  // written for the format's sake; not read where the original is there
};

// All tensors of the model, in the order of the parameters, copies last.
std::vector<DiskTensor> disk_tensors(const ModelConfig& config, const nn::Parameters& parameters);

}  // namespace millet::model
