// Time goes with the joins, not with merges × words: each pair knows where it stands, and a join changes the counts of
// the two pairs at its sides alone.
//
// All words lie in one array of cells, one cell a byte, a sentinel between words. A token of n bytes takes n cells; its
// id stands in its first and in its last, so that both neighbours are found without links:
//
//   cells    ⊣  t  h  e  ⊣             after t+h → 256:   ⊣ 256 256  e  ⊣        after 256+e → 257:  ⊣ 257  ×  257  ⊣
//
// A pair's places are never taken out of its list: those that are stale do not show the pair's two ids any more. That
// is so because the first cell of a right half, where it is not the new token's last one, is crossed out.
#include "millet/text/bpe_trainer.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "millet/core/error.h"
#include "millet/text/byte_level.h"
#include "millet/text/token_model.h"

namespace millet::text {
namespace {

constexpr int32_t kBetweenWords = -1;
constexpr int32_t kCrossedOut = -2;
constexpr int32_t kByteTokens = 256;

struct Cell {
  int32_t id;
  uint32_t word;
};

struct Pair {
  int32_t left = 0;
  int32_t right = 0;
  int64_t count = 0;
  int64_t gained_in = -1;        // the last merge that made it more frequent
  std::vector<uint32_t> places;  // of the left token's first cell
};

// Places in a list of pairs, by their ids. Open addressing, at most half full.
class PairIndex {
 public:
  PairIndex() : slots_(size_t{1} << 16) {}

  // The value that is there, or `fresh`, which is then put there.
  uint32_t find_or_put(int32_t left, int32_t right, uint32_t fresh) {
    if (2 * used_ >= slots_.size()) grow();
    const uint64_t key = static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
    Slot& slot = slot_of(key);
    if (slot.key == kFree) {
      slot = {key, fresh};
      ++used_;
    }
    return slot.value;
  }

 private:
  static constexpr uint64_t kFree = ~uint64_t{0};
  struct Slot {
    uint64_t key = kFree;
    uint32_t value = 0;
  };
  Slot& slot_of(uint64_t key) {
    const size_t mask = slots_.size() - 1;
    size_t at = (key * 0x9E3779B97F4A7C15 >> 20) & mask;
    while (slots_[at].key != kFree && slots_[at].key != key) at = (at + 1) & mask;
    return slots_[at];
  }
  void grow() {
    std::vector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.key != kFree) slot_of(slot.key) = slot;
    }
  }

  std::vector<Slot> slots_;
  size_t used_ = 0;
};

class Trainer {
 public:
  Trainer(const WordCounts& words, const BpeTrainerOptions& options) : options_(options) {
    for (int32_t byte = 0; byte < kByteTokens; ++byte) {
      token_of(std::string(1, static_cast<char>(byte)));
      byte_order_[static_cast<size_t>(byte)] = byte_level_character(static_cast<uint8_t>(byte));
    }
    lay_out(words);
    find_pairs_of_bytes();
  }

  BpeMerges train() {
    for (int64_t merge = 0; static_cast<int32_t>(out_.tokens.size()) < options_.tokens; ++merge) {
      const uint32_t best = most_frequent();
      if (best == kNone) break;
      join(best, merge);
      if (options_.on_progress && merge % 64 == 0) options_.on_progress(static_cast<int32_t>(out_.tokens.size()));
    }
    return std::move(out_);
  }

 private:
  static constexpr uint32_t kNone = ~uint32_t{0};

  // A pair that was so frequent; it may be less so by now.
  struct Candidate {
    int64_t count;
    uint32_t pair;
  };

  int32_t token_of(std::string bytes) {
    const auto [known, fresh] = ids_.try_emplace(std::move(bytes), static_cast<int32_t>(out_.tokens.size()));
    if (fresh) {
      out_.tokens.push_back(known->first);
      lengths_.push_back(static_cast<uint32_t>(known->first.size()));
    }
    return known->second;
  }

  void lay_out(const WordCounts& words) {
    const uint64_t cells = static_cast<uint64_t>(words.letters()) + words.size() + 1;
    require(cells < kNone, "{} bytes of different words are more than can be trained on: give fewer texts",
            words.letters());
    cells_.reserve(cells);
    counts_.reserve(words.size());
    cells_.push_back({kBetweenWords, 0});
    words.for_each([&](std::string_view word, int64_t count) {
      const auto number = static_cast<uint32_t>(counts_.size());
      counts_.push_back(count);
      for (const char byte : word) cells_.push_back({static_cast<unsigned char>(byte), number});
      cells_.push_back({kBetweenWords, number});
    });
  }

  // Twice over all cells: these lists hold every byte, so each gets its size at once.
  void find_pairs_of_bytes() {
    auto for_each_pair = [&](auto f) {
      for (size_t at = 0; at + 1 < cells_.size(); ++at) {
        if (cells_[at].id >= 0 && cells_[at + 1].id >= 0) f(cells_[at].id, cells_[at + 1].id, at);
      }
    };
    std::vector<uint32_t> sizes(size_t{kByteTokens} * kByteTokens);
    for_each_pair(
        [&](int32_t left, int32_t right, size_t) { ++sizes[static_cast<size_t>(left * kByteTokens + right)]; });
    for_each_pair([&](int32_t left, int32_t right, size_t at) {
      uint32_t& size = sizes[static_cast<size_t>(left * kByteTokens + right)];
      const uint32_t number = number_of(left, right);
      pairs_[number].places.reserve(std::exchange(size, 0));
      gain(number, static_cast<uint32_t>(at), -1);
    });
    for (const Pair& pair : pairs_) floor_ = std::max(floor_, pair.count + 1);
  }

  uint32_t number_of(int32_t left, int32_t right) {
    const uint32_t number = index_.find_or_put(left, right, static_cast<uint32_t>(pairs_.size()));
    if (number == pairs_.size()) {
      require(pairs_.size() + 1 < kNone, "there are more pairs of tokens than can be trained on: give fewer texts");
      pairs_.push_back({.left = left, .right = right});
    }
    return number;
  }

  // The pair stands at one more place.
  void gain(uint32_t number, uint32_t place, int64_t merge) {
    Pair& pair = pairs_[number];
    pair.places.push_back(place);
    pair.count += counts_[cells_[place].word];
    if (pair.gained_in == merge) return;
    pair.gained_in = merge;
    gained_.push_back(number);
  }

  // x comes after y.
  bool after(const Candidate& x, const Candidate& y) const {
    if (x.count != y.count) return x.count < y.count;
    const Pair& a = pairs_[x.pair];
    const Pair& b = pairs_[y.pair];
    if (options_.ties == Ties::lower_ids) {
      if (a.left != b.left) return order(a.left) > order(b.left);
      return order(a.right) > order(b.right);
    }
    if (a.left != b.left) return token(a.left) < token(b.left);
    return token(a.right) < token(b.right);
  }
  const std::string& token(int32_t id) const { return out_.tokens[static_cast<size_t>(id)]; }
  int64_t order(int32_t id) const {
    return id < kByteTokens ? int64_t{byte_order_[static_cast<size_t>(id)]} : int64_t{id} + 0x10000;
  }

  void push(Candidate candidate) {
    heap_.push_back(candidate);
    std::push_heap(heap_.begin(), heap_.end(), [this](const auto& x, const auto& y) { return after(x, y); });
  }

  // The heap holds pairs from `floor_` upwards, each with a count that is never too low; most are below and wait until
  // the floor sinks.
  uint32_t most_frequent() {
    for (;;) {
      while (!heap_.empty()) {
        std::pop_heap(heap_.begin(), heap_.end(), [this](const auto& x, const auto& y) { return after(x, y); });
        const Candidate top = heap_.back();
        heap_.pop_back();
        const int64_t count = pairs_[top.pair].count;
        if (count == top.count) return top.pair;
        if (count < top.count && count >= floor_) push({count, top.pair});
      }
      if (floor_ <= 1) return kNone;
      floor_ = std::max<int64_t>(1, floor_ / 3);
      for (uint32_t number = 0; number < pairs_.size(); ++number) {
        if (pairs_[number].count >= floor_) heap_.push_back({pairs_[number].count, number});
      }
      std::make_heap(heap_.begin(), heap_.end(), [this](const auto& x, const auto& y) { return after(x, y); });
    }
  }

  void join(uint32_t number, int64_t merge) {
    const int32_t left = pairs_[number].left;
    const int32_t right = pairs_[number].right;
    std::vector<uint32_t> places = std::exchange(pairs_[number].places, {});
    // A token that two merges make has its places in no order; it matters where pairs can overlap.
    if (left == right) std::sort(places.begin(), places.end());
    const int32_t joined = token_of(token(left) + token(right));
    out_.merges.emplace_back(left, right);
    const uint32_t left_size = lengths_[static_cast<size_t>(left)];
    const uint32_t right_size = lengths_[static_cast<size_t>(right)];
    gained_.clear();
    for (size_t i = 0; i < places.size(); ++i) {
      if (i + kAhead < places.size()) __builtin_prefetch(&cells_[places[i + kAhead]]);
      const uint32_t first = places[i];
      const uint32_t second = first + left_size;
      if (cells_[first].id != left || cells_[second].id != right) continue;
      const uint32_t behind = second + right_size;
      const int64_t weight = counts_[cells_[first].word];
      const int32_t before = cells_[first - 1].id;
      const int32_t next = cells_[behind].id;
      if (before >= 0) pairs_[number_of(before, left)].count -= weight;
      if (next >= 0) pairs_[number_of(right, next)].count -= weight;
      cells_[second].id = kCrossedOut;
      cells_[first].id = joined;
      cells_[behind - 1].id = joined;
      if (before >= 0) gain(number_of(before, joined), first - lengths_[static_cast<size_t>(before)], merge);
      if (next >= 0) gain(number_of(joined, next), first, merge);
    }
    pairs_[number].count = 0;
    for (const uint32_t gained : gained_) {
      if (gained != number && pairs_[gained].count >= floor_) push({pairs_[gained].count, gained});
    }
  }

  static constexpr size_t kAhead = 16;  // places

  const BpeTrainerOptions& options_;
  BpeMerges out_;
  std::unordered_map<std::string, int32_t> ids_;
  std::vector<uint32_t> lengths_;  // by id, in bytes
  std::array<uint32_t, kByteTokens> byte_order_{};
  std::vector<Cell> cells_;
  std::vector<int64_t> counts_;  // by word
  PairIndex index_;
  std::vector<Pair> pairs_;
  std::vector<uint32_t> gained_;  // pairs that the last merge made more frequent
  std::vector<Candidate> heap_;
  int64_t floor_ = 1;
};

}  // namespace

BpeMerges train_bpe(const WordCounts& words, const BpeTrainerOptions& options) {
  require(options.tokens >= kByteTokens,
          "a byte-level vocabulary of {} tokens is too small: every byte has one, 256 in all", options.tokens);
  require(options.tokens <= kMaxTokens, "a vocabulary of {} tokens is too large: at most {} are read", options.tokens,
          kMaxTokens);
  return Trainer(words, options).train();
}

}  // namespace millet::text
