#include "millet/infer/page_allocator.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "millet/core/error.h"

namespace millet::infer {

PageAllocator::PageAllocator(int64_t n_pages) {
  require(n_pages >= 1, "page allocator: {} pages; a sequence needs at least one", n_pages);
  owners_.assign(static_cast<size_t>(n_pages), 0);
  free_.reserve(static_cast<size_t>(n_pages));
  for (int64_t page = n_pages - 1; page >= 0; --page) free_.push_back(static_cast<int32_t>(page));
}

int32_t PageAllocator::take() {
  assert(!free_.empty());
  const int32_t page = free_.back();
  free_.pop_back();
  owners_[static_cast<size_t>(page)] = 1;
  most_in_use_ = std::max(most_in_use_, pages_in_use());
  return page;
}

void PageAllocator::share(int32_t page) {
  assert(owners(page) > 0);
  ++owners_[static_cast<size_t>(page)];
}

void PageAllocator::give_back(int32_t page) {
  assert(owners(page) > 0);
  if (--owners_[static_cast<size_t>(page)] == 0) free_.push_back(page);  // within reserved capacity: cannot throw
}

Pages::Pages(Pages&& other) noexcept
    : allocator_(other.allocator_), list_(std::exchange(other.list_, std::vector<int32_t>())) {}

Pages& Pages::operator=(Pages&& other) noexcept {
  if (this != &other) {
    clear();
    allocator_ = other.allocator_;
    list_ = std::exchange(other.list_, {});
  }
  return *this;
}

bool Pages::grow(int64_t count) {
  if (count - size() > allocator_->free_pages()) return false;
  if (count > size()) list_.reserve(static_cast<size_t>(count));
  while (size() < count) list_.push_back(allocator_->take());
  return true;
}

void Pages::share(const Pages& from, int64_t count) {
  assert(list_.empty() && allocator_ == from.allocator_ && count <= from.size());
  list_.assign(from.list_.begin(), from.list_.begin() + count);
  for (const int32_t page : list_) allocator_->share(page);
}

void Pages::clear() {
  for (size_t i = list_.size(); i-- > 0;) allocator_->give_back(list_[i]);
  list_.clear();
}

}  // namespace millet::infer
