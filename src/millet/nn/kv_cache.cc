#include "millet/nn/kv_cache.h"

namespace millet::nn {

KvCache::KvCache(Device& device, const Dims& dims, int64_t n_pages, DType dtype) : dims_(dims), n_pages_(n_pages) {
  for (int64_t l = 0; l < dims.layers; ++l) {
    const Shape keys{n_pages, dims.heads, dims.key_dim, ops::kAttentionTile};
    const Shape values{n_pages, dims.heads, ops::kAttentionTile, dims.value_dim};
    Buffer& k = memory_.emplace_back(device, keys.elements() * bytes_of(dtype));
    const Tensor key_pages = k.tensor(dtype, keys);
    Buffer& v = memory_.emplace_back(device, values.elements() * bytes_of(dtype));
    layers_.push_back({key_pages, v.tensor(dtype, values)});
  }
}

void KvCache::copy_page(Context& ctx, int64_t from, int64_t to) {
  for (const ops::PagedKeysValues& layer : layers_) ops::cache_copy_page(ctx, layer, from, to);
}

}  // namespace millet::nn
