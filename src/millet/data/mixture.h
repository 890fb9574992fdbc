// Several sources in one stream, each with its share of the examples.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "millet/data/source.h"

namespace millet::data {

// The stream is cut into blocks of kBlock examples. A block holds each source's share of them exactly (up to the
// rounding that the next block makes good) in a keyed random order. So the shares are met without the noise of
// independent draws; which source an index has, and which of its examples, is found without looking at any other index;
// and each source is walked through from 0 on without gaps, so that what it promises about an epoch holds inside a
// mixture.
class Mixture final : public Source {
 public:
  static constexpr uint64_t kBlock = 1024;

  struct Part {
    double share = 0;  // of examples; all are divided by their sum
    std::unique_ptr<Source> source;
  };

  // Throws Error: shares that are negative or sum to 0. The parts must be without end.
  Mixture(std::vector<Part> parts, uint64_t seed);

  Example at(uint64_t index) const override;
  uint64_t fingerprint() const override;

  struct Place {
    size_t part;
    uint64_t index;  // of the part's source
  };
  Place place_of(uint64_t index) const;

 private:
  uint64_t begin_of(size_t part, uint64_t block) const;

  std::vector<Part> parts_;
  std::vector<double> cumulative_;  // [parts + 1], from 0 to 1
  uint64_t seed_;
};

}  // namespace millet::data
