// A tensor of a model directory as numbers, whatever it is stored as: F32, BF16, F16, F64, or DeepSeek's FP8 blocks,
// which are read exactly.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "millet/io/safetensors.h"

namespace millet::model {

// FP8 weights [N, K] have one f32 factor for each 128 x 128 block, in <name>_scale_inv [ceil(N/128), ceil(K/128)]: the
// last block of a row or column may be smaller. Source: DeepSeek-V3, README_WEIGHTS and §3.3.
inline constexpr int64_t kScaleBlock = 128;

class StoredTensor {
 public:
  // The tensor of that name. Throws Error naming tensor and file: missing, another shape, a type that holds no numbers,
  // FP8 without factors or with factors of another shape. The directory must outlive it.
  StoredTensor(const io::SafetensorsDirectory& tensors, std::string_view name, std::span<const int64_t> shape);

  const io::SafetensorsEntry& entry() const { return *entry_; }
  const io::SafetensorsEntry* scale() const { return scale_; }  // null pointer: it has none

  // Elements [first, first + out.size()), row by row.
  void read(int64_t first, std::span<float> out) const;

 private:
  const io::SafetensorsEntry* entry_;
  const io::SafetensorsEntry* scale_ = nullptr;
};

}  // namespace millet::model
