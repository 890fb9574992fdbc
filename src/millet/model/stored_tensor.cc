#include "millet/model/stored_tensor.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "millet/core/error.h"

namespace millet::model {

using io::SafetensorsDtype;

StoredTensor::StoredTensor(const io::SafetensorsDirectory& tensors, std::string_view name,
                           std::span<const int64_t> shape)
    : entry_(&tensors.at(name)) {
  switch (entry_->dtype) {
    case SafetensorsDtype::F64:
    case SafetensorsDtype::F32:
    case SafetensorsDtype::BF16:
    case SafetensorsDtype::F16:
    case SafetensorsDtype::F8_E4M3:
      break;
    default:  // before the shape: numbers that are packed have another one
      fail("{}: tensor '{}' is {}: weights can be read from F64, F32, BF16, F16 and FP8 blocks", entry_->file, name,
           io::name_of(entry_->dtype));
  }
  entry_->require_shape(shape);
  if (entry_->dtype != SafetensorsDtype::F8_E4M3) return;
  const std::string factors = fmt::format("{}_scale_inv", name);
  scale_ = tensors.find(factors);
  require(scale_ != nullptr && shape.size() == 2,
          "{}: tensor '{}' is FP8, and there are no factors for its blocks ('{}'): without them it is no weight",
          entry_->file, name, factors);
  const auto blocks = [](int64_t n) { return (n + kScaleBlock - 1) / kScaleBlock; };
  scale_->require_shape(std::array{blocks(shape[0]), blocks(shape[1])});
}

void StoredTensor::read(int64_t first, std::span<float> out) const {
  io::to_f32(*entry_, first, out);
  if (scale_ == nullptr) return;
  const int64_t columns = entry_->shape[1], scale_columns = scale_->shape[1];
  for (size_t done = 0; done < out.size();) {
    const int64_t at = first + static_cast<int64_t>(done), row = at / columns, column = at % columns;
    const int64_t end = std::min((column / kScaleBlock + 1) * kScaleBlock, columns);
    const size_t count = std::min(out.size() - done, static_cast<size_t>(end - column));
    float factor = 0;
    io::to_f32(*scale_, row / kScaleBlock * scale_columns + column / kScaleBlock, std::span(&factor, 1));
    for (float& value : out.subspan(done, count)) value *= factor;
    done += count;
  }
}

}  // namespace millet::model
