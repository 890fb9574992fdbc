// Keys and values of past positions, in pages of one attention tile. Who gets which page is infer/page_allocator's.
#pragma once

#include <vector>

#include "millet/core/context.h"
#include "millet/ops/attention.h"

namespace millet::nn {

// Holds expanded keys and values (the exact form: the bits that training sees), one pair of page arrays a layer.
class KvCache {
 public:
  struct Dims {
    int64_t layers = 0, heads = 0, key_dim = 0, value_dim = 0;
    int64_t page_bytes(DType dtype) const {  // of all layers
      return layers * heads * ops::kAttentionTile * (key_dim + value_dim) * bytes_of(dtype);
    }
  };

  KvCache(Device& device, const Dims& dims, int64_t n_pages, DType dtype = DType::f32);

  int64_t n_pages() const { return n_pages_; }
  const Dims& dims() const { return dims_; }
  const ops::PagedKeysValues& layer(int64_t index) const { return layers_[static_cast<size_t>(index)]; }

  // Copies a shared, partly filled page before it is written, in every layer.
  void copy_page(Context& ctx, int64_t from, int64_t to);

 private:
  Dims dims_;
  int64_t n_pages_;
  std::vector<Buffer> memory_;
  std::vector<ops::PagedKeysValues> layers_;
};

}  // namespace millet::nn
