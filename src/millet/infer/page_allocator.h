// Who holds which page of the cache: reference counts, and the list of pages of one sequence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace millet::infer {

class Pages;

// Hands out page numbers of an nn::KvCache. A page belongs to the sequences that hold it and returns when the last of
// them lets go; the page given back last is given out first, so its memory is still warm.
class PageAllocator {
 public:
  explicit PageAllocator(int64_t n_pages);
  PageAllocator(const PageAllocator&) = delete;
  PageAllocator& operator=(const PageAllocator&) = delete;

  int64_t n_pages() const { return static_cast<int64_t>(owners_.size()); }
  int64_t free_pages() const { return static_cast<int64_t>(free_.size()); }
  int64_t pages_in_use() const { return n_pages() - free_pages(); }
  int64_t most_in_use() const { return most_in_use_; }
  int64_t owners(int32_t page) const { return owners_.at(static_cast<size_t>(page)); }

 private:
  friend class Pages;
  int32_t take();            // there must be a free one
  void share(int32_t page);  // one owner more
  void give_back(int32_t page);

  std::vector<int32_t> owners_;
  std::vector<int32_t> free_;
  int64_t most_in_use_ = 0;
};

// The pages of one sequence, in the order of its positions. Gives back what it holds when it ends, so that no way out,
// an exception included, leaks a page. The allocator must outlive it.
class Pages {
 public:
  explicit Pages(PageAllocator& allocator) : allocator_(&allocator) {}
  Pages(Pages&& other) noexcept;
  Pages& operator=(Pages&& other) noexcept;
  ~Pages() { clear(); }

  int64_t size() const { return static_cast<int64_t>(list_.size()); }
  int32_t operator[](int64_t index) const { return list_.at(static_cast<size_t>(index)); }
  const std::vector<int32_t>& list() const { return list_; }

  // Takes new pages until it holds `count`. False, and nothing taken, where too few are free.
  bool grow(int64_t count);
  // Starts as the first `count` pages of another sequence, which both then hold. Only into an empty list, and only full
  // pages: nobody may write to a page that another sequence reads.
  void share(const Pages& from, int64_t count);
  void clear();

 private:
  PageAllocator* allocator_;
  std::vector<int32_t> list_;
};

}  // namespace millet::infer
