#include "millet/data/near_duplicates.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "millet/core/nfc.h"
#include "millet/core/rng.h"
#include "millet/core/unicode.h"
#include "millet/io/checksum.h"

namespace millet::data {
namespace {

constexpr size_t kShingle = 5;  // words, or characters

// Scripts that write without spaces between words.
bool is_spaceless(char32_t c) {
  struct Range {
    char32_t from, to;
  };
  static constexpr Range ranges[] = {
      {0x0E00, 0x0EFF},                                      // Thai, Lao
      {0x1000, 0x109F},                                      // Burmese
      {0x1780, 0x17FF},                                      // Khmer
      {0x2E80, 0x2FDF}, {0x3005, 0x3007}, {0x3021, 0x3029},  // Han: radicals, repetition, zero, numerals
      {0x3040, 0x30FF}, {0x31F0, 0x31FF}, {0xFF66, 0xFF9F},  // kana
      {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xF900, 0xFAFF}, {0x20000, 0x3FFFF},
  };
  return std::any_of(std::begin(ranges), std::end(ranges), [&](Range r) { return c >= r.from && c <= r.to; });
}

void sort_once(std::vector<uint64_t>& hashes) {
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
}

// Pieces [begins[i], ends[i]) of a text, hashed five together; `text` has one byte between neighbours or none.
std::vector<uint64_t> hashed(std::string_view text, const std::vector<size_t>& begins,
                             const std::vector<size_t>& ends) {
  std::vector<uint64_t> hashes;
  const size_t together = std::min(kShingle, begins.size());
  for (size_t i = 0; together > 0 && i + together <= begins.size(); ++i)
    hashes.push_back(io::hash64(text.substr(begins[i], ends[i + together - 1] - begins[i]), 0));
  sort_once(hashes);
  return hashes;
}

struct Orders {
  std::array<uint64_t, kPermutations> factor, shift;
  Orders() {
    Rng rng(0, "minhash");
    const auto draw = [&] { return uint64_t{rng.bits()} << 32 | rng.bits(); };
    for (uint64_t& f : factor) f = draw() | 1;
    for (uint64_t& s : shift) s = draw();
  }
};

}  // namespace

std::string normalised(std::string_view text) {
  const std::string composed = unicode::to_nfc(text);
  std::string out;
  out.reserve(composed.size());
  bool space = false;
  for (size_t at = 0; at < composed.size();) {
    const auto byte = static_cast<unsigned char>(composed[at]);
    char32_t point = byte;
    size_t bytes = 1;
    if (byte >= 0x80) {
      const unicode::Decoded c = unicode::decode(composed, at);
      point = c.point;
      bytes = std::max<size_t>(c.bytes, 1);
    }
    if (unicode::is_space(point)) {
      space = !out.empty();
    } else {
      if (space) out += ' ';
      space = false;
      if (byte < 0x80)
        out += static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
      else
        for (const char32_t lower : unicode::to_lower(point)) out += unicode::encode(lower);
    }
    at += bytes;
  }
  return out;
}

std::vector<uint64_t> shingles_of(std::string_view text) {
  // Letters of both kinds, and where words and characters stand.
  int64_t letters = 0, spaceless = 0;
  std::vector<size_t> begins, ends;  // of characters in `dense`
  std::string dense;                 // without spaces
  for (size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const unicode::Decoded c = byte < 0x80 ? unicode::Decoded{byte, 1} : unicode::decode(text, at);
    const size_t bytes = std::max<size_t>(c.bytes, 1);
    if (is_spaceless(c.point))
      ++spaceless;
    else if (unicode::is_letter(c.point))
      ++letters;
    if (byte != ' ') {
      begins.push_back(dense.size());
      dense += text.substr(at, bytes);
      ends.push_back(dense.size());
    }
    at += bytes;
  }
  if (spaceless > letters) return hashed(dense, begins, ends);
  begins.clear();
  ends.clear();
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    begins.push_back(at);
    ends.push_back(end);
    at = end + 1;
  }
  return hashed(text, begins, ends);
}

double jaccard(std::span<const uint64_t> a, std::span<const uint64_t> b) {
  if (a.empty() && b.empty()) return 1;
  size_t shared = 0;
  for (size_t i = 0, k = 0; i < a.size() && k < b.size();) {
    shared += a[i] == b[k] ? 1 : 0;
    const bool left = a[i] <= b[k], right = b[k] <= a[i];
    i += left ? 1 : 0;
    k += right ? 1 : 0;
  }
  return static_cast<double>(shared) / static_cast<double>(a.size() + b.size() - shared);
}

Signature min_hash(std::span<const uint64_t> shingles) {
  static const Orders orders;
  Signature signature;
  signature.fill(std::numeric_limits<uint32_t>::max());
  for (const uint64_t x : shingles) {
    for (size_t i = 0; i < kPermutations; ++i) {
      const auto h = static_cast<uint32_t>((x * orders.factor[i] + orders.shift[i]) >> 32);
      signature[i] = std::min(signature[i], h);
    }
  }
  return signature;
}

Bands bands_for(double threshold) {
  for (int rows = kPermutations; rows > 1; --rows) {
    const int bands = kPermutations / rows;
    if (std::pow(1 - std::pow(threshold, rows), bands) <= 1.0 / 200) return {.bands = bands, .rows = rows};
  }
  return {.bands = kPermutations, .rows = 1};
}

BandIndex::BandIndex(Bands bands) : bands_(bands), slots_(1024) {}

// Never with 40 high bits of zero and document 0 at once: a slot of 0 is free, and documents are stored plus one.
uint64_t BandIndex::hash_of(int band, const Signature& signature) const {
  const auto rows = static_cast<size_t>(bands_.rows);
  const std::span places(signature.data() + static_cast<size_t>(band) * rows, rows);
  return io::hash64(std::as_bytes(places), static_cast<uint64_t>(band));
}

std::vector<BandIndex::Candidate> BandIndex::candidates(const Signature& signature) const {
  std::map<uint32_t, int> shared;
  const size_t mask = slots_.size() - 1;
  for (int band = 0; band < bands_.bands; ++band) {
    const uint64_t hash = hash_of(band, signature);
    for (size_t at = (hash >> 24) & mask; slots_[at] != 0; at = (at + 1) & mask) {
      if (slots_[at] >> 24 == hash >> 24) ++shared[static_cast<uint32_t>(slots_[at] & 0xFFFFFF) - 1];
    }
  }
  std::vector<Candidate> found;
  for (const auto& [document, bands] : shared) found.push_back({.document = document, .bands = bands});
  std::stable_sort(found.begin(), found.end(), [](Candidate a, Candidate b) { return a.bands > b.bands; });
  return found;
}

void BandIndex::add(uint32_t document, const Signature& signature) {
  if ((used_ + static_cast<size_t>(bands_.bands)) * 10 > slots_.size() * 7) grow();
  const size_t mask = slots_.size() - 1;
  for (int band = 0; band < bands_.bands; ++band) {
    const uint64_t hash = hash_of(band, signature);
    size_t at = (hash >> 24) & mask;
    int alike = 0;
    for (; slots_[at] != 0; at = (at + 1) & mask) alike += slots_[at] >> 24 == hash >> 24 ? 1 : 0;
    if (alike >= kMostAlike) continue;
    slots_[at] = (hash >> 24 << 24) | (document + 1);
    ++used_;
  }
}

void BandIndex::grow() {
  std::vector<uint64_t> before(slots_.size() * 2);
  before.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (const uint64_t slot : before) {
    if (slot == 0) continue;
    size_t at = (slot >> 24) & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

}  // namespace millet::data
