#include "millet/core/arena.h"

#include <algorithm>
#include <cassert>

namespace millet {

int64_t Arena::footprint(int64_t bytes) {
  return (std::max<int64_t>(bytes, 1) + 63) / 64 * 64;
}

void Arena::reserve(int64_t bytes) {
  assert(used_bytes() == 0);
  if (bytes <= 0 || (!blocks_.empty() && blocks_.front().bytes() >= bytes)) return;
  blocks_.clear();
  block_ = 0;
  offset_ = 0;
  blocks_.emplace_back(device_, bytes, Fill::none);
}

Tensor Arena::tensor(DType dtype, const Shape& shape) {
  const int64_t bytes = footprint(shape.elements() * bytes_of(dtype));
  while (block_ < blocks_.size() && offset_ + bytes > blocks_[block_].bytes()) {
    ++block_;
    offset_ = 0;
  }
  if (block_ == blocks_.size()) {
    // Not zero-filled: a block's unused pages shall cost nothing.
    blocks_.emplace_back(device_, std::max(bytes, block_bytes_), Fill::none);
    block_bytes_ = std::min<int64_t>(block_bytes_ * 2, int64_t{256} << 20);
    offset_ = 0;
  }
  Tensor t(static_cast<char*>(blocks_[block_].data()) + offset_, dtype, shape);
  offset_ += bytes;
  peak_ = std::max(peak_, used_bytes());
  return t;
}

Tensor Arena::zeros(DType dtype, const Shape& shape) {
  Tensor t = tensor(dtype, shape);
  device_.zero(t.data(), static_cast<size_t>(t.bytes()));
  return t;
}

Tensor Arena::ids(const std::vector<int32_t>& values) {
  Tensor t = tensor(DType::i32, {static_cast<int64_t>(values.size())});
  from_host(device_, values, t);
  return t;
}

void Arena::release(const Mark& mark) {
  assert(mark.block < block_ || (mark.block == block_ && mark.offset <= offset_));
  block_ = mark.block;
  offset_ = mark.offset;
}

int64_t Arena::used_bytes() const {
  int64_t bytes = offset_;
  for (size_t b = 0; b < block_ && b < blocks_.size(); ++b) bytes += blocks_[b].bytes();
  return bytes;
}

int64_t Arena::reserved_bytes() const {
  int64_t bytes = 0;
  for (const Buffer& b : blocks_) bytes += b.bytes();
  return bytes;
}

}  // namespace millet
