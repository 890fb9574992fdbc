#include "millet/text/bpe.h"

#include <fmt/core.h>

#include <algorithm>
#include <queue>

#include "millet/core/error.h"
#include "millet/text/byte_level.h"
#include "millet/text/utf8.h"

namespace millet::text {
namespace {

// Up to so many symbols looking through all pairs is faster than a heap.
constexpr size_t kShort = 48;

}  // namespace

Bpe::Bpe(const std::vector<std::pair<std::string, int32_t>>& vocabulary,
         const std::vector<std::pair<std::string_view, std::string_view>>& merges, BpeOptions options,
         const std::vector<int32_t>& marks)
    : options_(std::move(options)), merges_(merges.size()) {
  add_vocabulary(vocabulary);
  is_mark_.resize(spellings_.size());
  for (const int32_t mark : marks) {
    if (mark < size() && !spelling(mark).empty()) is_mark_[static_cast<size_t>(mark)] = true;
  }
  if (options_.ignore_merges) can_make_marks_ = std::find(is_mark_.begin(), is_mark_.end(), true) != is_mark_.end();
  add_merges(merges);
  for (int byte = 0; byte < 256; ++byte) {
    const std::string spelling =
        options_.byte_level ? to_byte_level(std::string(1, static_cast<char>(byte))) : fmt::format("<0x{:02X}>", byte);
    bytes_[static_cast<size_t>(byte)] = id_of(spelling).value_or(-1);
  }
  require(
      !options_.byte_level || !options_.byte_fallback || std::find(bytes_.begin(), bytes_.end(), -1) == bytes_.end(),
      "byte_fallback behind ByteLevel is read only where the vocabulary has all 256 bytes");
  if (!options_.unk_token.empty()) {
    unk_ = id_of(options_.unk_token);
    require(unk_.has_value(), "the unk_token '{}' is not in the vocabulary", options_.unk_token);
  }
}

void Bpe::add_vocabulary(const std::vector<std::pair<std::string, int32_t>>& vocabulary) {
  int32_t highest = -1;
  for (const auto& [spelling, id] : vocabulary) highest = std::max(highest, id);
  spellings_.resize(static_cast<size_t>(highest) + 1);
  ids_ = TokenIndex(vocabulary.size());
  for (const auto& [spelling, id] : vocabulary) {
    std::string& place = spellings_[static_cast<size_t>(id)];
    require(place.empty(), "the tokens '{}' and '{}' have the same id, {}", place, spelling, id);
    place = spelling;
    require(ids_.add(spellings_, id), "the token '{}' is there twice", spelling);
  }
}

void Bpe::add_merges(const std::vector<std::pair<std::string_view, std::string_view>>& merges) {
  std::string joined;
  for (size_t rank = 0; rank < merges.size(); ++rank) {
    const auto& [left, right] = merges[rank];
    joined.assign(left).append(right);
    auto known = [&](std::string_view spelling) {
      const int32_t id = ids_.find(spellings_, spelling);
      require(id >= 0, "merge {} joins '{}' and '{}': the vocabulary has no token '{}'", rank, left, right, spelling);
      return id;
    };
    const int32_t id = known(joined);
    merges_.put(known(left), known(right), {.rank = static_cast<int32_t>(rank), .id = id});
    if (is_mark_[static_cast<size_t>(id)]) can_make_marks_ = true;
  }
}

std::optional<int32_t> Bpe::id_of(std::string_view spelling) const {
  const int32_t known = ids_.find(spellings_, spelling);
  return known < 0 ? std::nullopt : std::optional(known);
}

std::vector<std::pair<int32_t, int32_t>> Bpe::merges() const {
  std::vector<std::pair<int32_t, int32_t>> merges;
  for (const MergeTable::Pair& pair : merges_.by_rank()) merges.emplace_back(pair.left, pair.right);
  return merges;
}

std::optional<int32_t> Bpe::whole(std::string_view word) const {
  return options_.byte_level ? id_of(to_byte_level(word)) : id_of(word);
}

void Bpe::append_bytes(std::string_view word, std::vector<int32_t>& symbols) const {
  bool unknown_before = false;
  for (const char byte : word) {
    const int32_t id = bytes_[static_cast<unsigned char>(byte)];
    if (id >= 0) {
      symbols.push_back(id);
    } else if (unk_ && !(unknown_before && options_.fuse_unk)) {
      symbols.push_back(*unk_);
    }
    unknown_before = id < 0;
  }
}

// NOTE: an unknown token waits for the next known character, and the bytes of fallbacks pass it by: `tokenizers` has it
// so. It can only happen in a vocabulary that has some of the 256 byte tokens.
void Bpe::append_characters(std::string_view word, std::vector<int32_t>& symbols) const {
  bool waits = false;
  for (size_t at = 0; at < word.size();) {
    const std::string_view character = word.substr(at, utf8_at(word, at).bytes);
    at += character.size();
    if (const int32_t known = ids_.find(spellings_, character); known >= 0) {
      if (std::exchange(waits, false)) symbols.push_back(*unk_);
      symbols.push_back(known);
      continue;
    }
    auto has_token = [&](char byte) { return bytes_[static_cast<unsigned char>(byte)] >= 0; };
    if (options_.byte_fallback && std::all_of(character.begin(), character.end(), has_token)) {
      for (const char byte : character) symbols.push_back(bytes_[static_cast<unsigned char>(byte)]);
      continue;
    }
    if (!unk_) continue;
    if (waits && !options_.fuse_unk) symbols.push_back(*unk_);
    waits = true;
  }
  if (waits) symbols.push_back(*unk_);
}

void Bpe::encode(std::string_view word, bool marks, std::vector<int32_t>& ids) const {
  if (options_.ignore_merges) {
    const auto id = whole(word);
    if (id && (marks || !is_mark_[static_cast<size_t>(*id)])) {
      ids.push_back(*id);
      return;
    }
  }
  const size_t first = ids.size();
  if (options_.byte_level) {
    append_bytes(word, ids);
  } else {
    append_characters(word, ids);
  }
  if (ids.size() - first <= kShort) {
    merge_short(ids, first, marks || !can_make_marks_);
  } else {
    merge_long(ids, first, marks || !can_make_marks_);
  }
}

const MergeTable::Merge* Bpe::mergeable(int32_t left, int32_t right, bool marks) const {
  const MergeTable::Merge* merge = merges_.find(left, right);
  return merge == nullptr || marks || !is_mark_[static_cast<size_t>(merge->id)] ? merge : nullptr;
}

void Bpe::merge_short(std::vector<int32_t>& symbols, size_t first, bool marks) const {
  constexpr int32_t kNone = INT32_MAX;
  int32_t* const symbol = symbols.data() + first;
  size_t count = symbols.size() - first;
  std::array<MergeTable::Merge, kShort> merges;  // of each symbol with the next
  auto look = [&](size_t i) {
    const MergeTable::Merge* merge = i + 1 < count ? mergeable(symbol[i], symbol[i + 1], marks) : nullptr;
    merges[i] = merge == nullptr ? MergeTable::Merge{kNone, 0} : *merge;
  };
  for (size_t i = 0; i < count; ++i) look(i);
  while (count > 1) {
    size_t best = 0;
    for (size_t i = 1; i + 1 < count; ++i) {
      if (merges[i].rank < merges[best].rank) best = i;
    }
    if (merges[best].rank == kNone) break;
    symbol[best] = merges[best].id;
    std::copy(symbol + best + 2, symbol + count, symbol + best + 1);
    std::copy(merges.begin() + static_cast<int64_t>(best) + 2, merges.begin() + static_cast<int64_t>(count),
              merges.begin() + static_cast<int64_t>(best) + 1);
    --count;
    look(best);
    if (best > 0) look(best - 1);
  }
  symbols.resize(first + count);
}

// A linked list of symbols and a heap of pairs, the lowest rank and of one rank the leftmost on top. A pair whose
// symbols have merged meanwhile is passed over.
void Bpe::merge_long(std::vector<int32_t>& symbols, size_t first, bool marks) const {
  struct Candidate {
    int32_t rank;
    uint32_t left;
    int32_t id;
    bool operator<(const Candidate& other) const { return rank != other.rank ? rank > other.rank : left > other.left; }
  };
  const size_t count = symbols.size() - first;
  require(count < UINT32_MAX, "a word of {} characters is too long", count);
  const auto end = static_cast<uint32_t>(count);
  int32_t* const symbol = symbols.data() + first;  // −1: merged into the one before
  std::vector<uint32_t> next(count), previous(count);
  std::vector<Candidate> initial;
  auto candidate = [&](uint32_t left) -> std::optional<Candidate> {
    const MergeTable::Merge* merge = mergeable(symbol[left], symbol[next[left]], marks);
    if (merge == nullptr) return std::nullopt;
    return Candidate{merge->rank, left, merge->id};
  };
  for (uint32_t i = 0; i < end; ++i) {
    next[i] = i + 1;
    previous[i] = i - 1;
  }
  for (uint32_t i = 0; i + 1 < end; ++i) {
    if (const auto found = candidate(i)) initial.push_back(*found);
  }
  std::priority_queue<Candidate> queue({}, std::move(initial));
  while (!queue.empty()) {
    const Candidate top = queue.top();
    queue.pop();
    const uint32_t left = top.left;
    if (symbol[left] < 0 || next[left] == end) continue;
    const MergeTable::Merge* now = mergeable(symbol[left], symbol[next[left]], marks);
    if (now == nullptr || now->id != top.id) continue;
    symbol[left] = top.id;
    symbol[next[left]] = -1;
    next[left] = next[next[left]];
    if (next[left] != end) previous[next[left]] = left;
    if (left > 0) {
      if (const auto found = candidate(previous[left])) queue.push(*found);
    }
    if (next[left] != end) {
      if (const auto found = candidate(left)) queue.push(*found);
    }
  }
  symbols.erase(std::remove(symbols.begin() + static_cast<int64_t>(first), symbols.end(), -1), symbols.end());
}

}  // namespace millet::text
