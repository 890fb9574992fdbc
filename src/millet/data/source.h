// A stream of examples. An example is a pure function of (seed, index), so the position of a run is one integer, and a
// run that was interrupted goes on with the very examples that it would have seen.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace millet::data {

// One sequence: a window of a text, or a document.
struct Example {
  std::vector<int32_t> tokens;
  std::vector<uint8_t>
      scored;         // [tokens]: 1 = this token is a target of the loss. Never the first: nothing foretells it
  int64_t bytes = 0;  // of text that the scored tokens stand for, where validation windows know it; 0: not known

  // Rows that a model computes: the last token is a target only, nothing follows it.
  int64_t rows() const { return static_cast<int64_t>(tokens.size()) - 1; }
};

class Source {
 public:
  virtual ~Source() = default;

  // Any index in any order, from several threads at once.
  virtual Example at(uint64_t index) const = 0;

  // How many there are; nothing where the stream has no end.
  virtual std::optional<uint64_t> size() const { return std::nullopt; }

  // Tells streams apart: another number means that the examples are others. The first few examples decide, and where
  // they are cut from a text, all of that text.
  virtual uint64_t fingerprint() const;

 protected:
  // Both numbers in one, in this order: equal ones do not cancel.
  static uint64_t with(uint64_t fingerprint, uint64_t another);
};

}  // namespace millet::data
