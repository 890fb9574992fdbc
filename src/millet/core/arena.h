// A stack of tensors on a device: what a forward leaves for backward, and the scratch space of operations.
#pragma once

#include <cstdint>
#include <vector>

#include "millet/core/buffer.h"

namespace millet {

// Grows by blocks, never moves what it gave. Release is in stack order, by marks. Not for several threads at once.
class Arena {
 public:
  explicit Arena(Device& device, int64_t block_bytes = int64_t{1} << 20) : device_(device), block_bytes_(block_bytes) {}

  // Contents undefined; `zeros` fills them.
  Tensor tensor(DType dtype, const Shape& shape);
  Tensor zeros(DType dtype, const Shape& shape);
  Tensor ids(const std::vector<int32_t>& values);  // i32 [n], uploaded

  // Makes the first block hold `bytes`, so that what is used in the end lies in one piece and no memory is touched in
  // vain on the way there. Where that takes a new block, all others go back before: nothing may be in use.
  void reserve(int64_t bytes);
  static int64_t footprint(int64_t bytes);  // what a tensor of so many bytes takes, alignment included

  struct Mark {
    size_t block = 0;
    int64_t offset = 0;
  };
  Mark mark() const { return {block_, offset_}; }
  void release(const Mark& mark);  // frees all that was given since; keeps the memory for the next
  void clear() { release({}); }

  int64_t used_bytes() const;                   // the gaps at the ends of blocks included
  int64_t peak_bytes() const { return peak_; }  // most in use at once
  int64_t reserved_bytes() const;               // memory held

  Device& device() const { return device_; }

 private:
  Device& device_;
  int64_t block_bytes_;
  std::vector<Buffer> blocks_;
  size_t block_ = 0;
  int64_t offset_ = 0;
  int64_t peak_ = 0;
};

// Everything taken from the arena while it lives is given back at its end.
class ArenaScope {
 public:
  explicit ArenaScope(Arena& arena) : arena_(arena), mark_(arena.mark()) {}
  ~ArenaScope() { arena_.release(mark_); }
  ArenaScope(const ArenaScope&) = delete;
  ArenaScope& operator=(const ArenaScope&) = delete;

 private:
  Arena& arena_;
  Arena::Mark mark_;
};

}  // namespace millet
