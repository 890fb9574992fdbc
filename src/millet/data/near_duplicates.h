// Near duplicates: shingles, MinHash signatures, and an index by bands (locality-sensitive hashing).
//   Broder 1997; Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, §3
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millet::data {

// What documents are compared by: composed (NFC), in lower case, each stretch of white space one space, none at the
// ends. UTF-8 in, UTF-8 out.
std::string normalised(std::string_view text);

// Hashes of each five neighbouring words of a normalised text, sorted, each once; of fewer words, one of all. A text
// that is mostly in a script without spaces (Chinese, Japanese, Thai, Lao, Burmese, Khmer) gives each five neighbouring
// characters, spaces left out.
std::vector<uint64_t> shingles_of(std::string_view normalised_text);

// |a ∩ b| / |a ∪ b| of sorted sets; 1 of two empty ones.
double jaccard(std::span<const uint64_t> a, std::span<const uint64_t> b);

inline constexpr int kPermutations = 128;
using Signature = std::array<uint32_t, kPermutations>;

// For each of 128 random orders of hashes, the first one of the set: two signatures agree in a place with the
// probability of the sets' Jaccard similarity. The orders are always the same ones.
Signature min_hash(std::span<const uint64_t> shingles);

// Sets are compared where one of `bands` stretches of `rows` places agrees: of pairs with similarity s, 1 − (1 −
// s^r)^b.
struct Bands {
  int bands = 0, rows = 0;
};
// The most rows at which a pair that is just at the threshold is missed once in 200 or less: fewest false candidates.
Bands bands_for(double threshold);

// Which documents share a band with one. About 8 bytes · bands / 0.35 … 0.7 of memory for each.
class BandIndex {
 public:
  static constexpr uint32_t kMostDocuments = (1u << 24) - 1;
  static constexpr int kMostAlike =
      256;  // documents that are kept for one band's value; later ones are not found by it

  explicit BandIndex(Bands bands);

  struct Candidate {
    uint32_t document;
    int bands;  // shared
  };
  // Those that share most bands first, then the older ones. Values of bands are compared by 40 bits of their hash:
  // a few may be none.
  std::vector<Candidate> candidates(const Signature& signature) const;
  // Requires document < kMostDocuments, and not added before.
  void add(uint32_t document, const Signature& signature);
  int64_t bytes() const { return static_cast<int64_t>(slots_.size() * sizeof(uint64_t)); }

 private:
  uint64_t hash_of(int band, const Signature& signature) const;
  void grow();

  Bands bands_;
  std::vector<uint64_t> slots_;  // 40 bits of hash, 24 of document + 1; 0: free
  size_t used_ = 0;
};

}  // namespace millet::data
