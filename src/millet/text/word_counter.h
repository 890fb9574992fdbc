// The words of texts and how often each stands there: what BPE is trained on. A text is read as it comes, so its size
// does not matter; what is kept are the different words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "millet/core/context.h"
#include "millet/text/added_tokens.h"
#include "millet/text/pre_tokenizer.h"

namespace millet::text {

// Bytes of all different words, their lengths and counts, and nothing beside.
class WordCounts {
 public:
  void add(std::string_view word, int64_t count = 1);  // the word is not empty
  void add(const WordCounts& other);

  size_t size() const { return size_; }                                      // different words
  int64_t total() const;                                                     // with repetitions
  int64_t letters() const { return static_cast<int64_t>(letters_.size()); }  // bytes of the different words

  // f(word, count) for each, in an order that is nobody's.
  template <class F>
  void for_each(F f) const {
    for (const Slot& slot : slots_) {
      if (slot.count != 0) f(std::string_view(letters_).substr(slot.begin, slot.bytes), slot.count);
    }
  }

 private:
  struct Slot {
    size_t begin = 0;   // in letters_
    int64_t count = 0;  // 0: free
    uint32_t bytes = 0;
    uint32_t hash = 0;
  };
  Slot& slot_of(std::string_view word, uint32_t hash);
  void grow();

  std::vector<Slot> slots_;  // open addressing, at most half full
  std::string letters_;
  size_t size_ = 0;
};

class WordCounter {
 public:
  static constexpr size_t kStretch = size_t{1} << 18;  // bytes that one thread takes at a time

  // `marks` stand for themselves wherever the text spells them out: no word reaches into one, and none is counted.
  // Throws Error: a mark that is empty, too long, there twice, or has white space.
  WordCounter(PreTokenizer pre_tokenizer, const std::vector<std::string>& marks, size_t stretch = kStretch);

  // What is not UTF-8 counts as U+FFFD, as the tokenizer will read it.
  struct Text {
    int64_t bytes = 0;
    int64_t invalid = 0;         // places that are not UTF-8
    int64_t first_invalid = -1;  // the first of them, in bytes from the beginning
  };
  // Fills the span from the front and says how far; 0: the text ends.
  using Read = std::function<size_t(std::span<char>)>;

  // Counts one text, the threads of the context each a stretch at a time. Words are those of the whole text: it is cut
  // where words end whatever follows, beside a single space or line break. (A stretch without such a place is cut
  // anywhere.) The counts are the same for any number of threads. `on_bytes` hears how much of the text is done.
  // Throws Error as PreTokenizer does.
  Text count(Context& ctx, const Read& read, const std::function<void(int64_t)>& on_bytes = {});

  // The same of many texts that are held and are UTF-8, the threads of the context each one at a time.
  void count(Context& ctx, std::span<const std::string> texts);

  // Of all texts since it was made or last asked.
  WordCounts take();

 private:
  struct Stretch {
    size_t begin = 0;
    size_t end = 0;
    int64_t invalid = 0;
    size_t first_invalid = 0;
  };
  void count_stretch(std::string_view text, Stretch& stretch, WordCounts& counts) const;
  void count_words(std::string_view text, WordCounts& counts) const;

  PreTokenizer pre_tokenizer_;
  AddedTokens marks_;
  size_t stretch_;
  std::vector<WordCounts> counts_;  // [threads]
};

}  // namespace millet::text
