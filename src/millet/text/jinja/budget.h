// What a template may cost. Templates come with models from strangers: whatever one says, rendering ends soon, in
// bounded memory, and with an error that names the bound.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "millet/core/error.h"

namespace millet::text::jinja {

struct Limits {
  int64_t steps = 10'000'000;               // expressions, statements, turns of loops, items looked at
  int64_t bytes = int64_t{256} << 20;       // of all strings and lists that are made on the way
  int64_t output_bytes = int64_t{1} << 27;  // of the rendered text
  int depth = 800;                          // of calls within expressions within statements
};

class Budget {
 public:
  explicit Budget(const Limits& limits) : limits_(limits) {}

  void step(int64_t steps = 1) {
    steps_ += steps;
    require(steps_ <= limits_.steps, "it takes more than {} steps", limits_.steps);
  }
  // Looking through that many bytes, as fast as memory gives them or nearly so.
  void look(size_t bytes) { step(1 + static_cast<int64_t>(bytes / 32)); }
  // Reading that many bytes character by character.
  void read(size_t bytes) { step(1 + static_cast<int64_t>(bytes / 4)); }
  // Looking for a part of so many bytes: each place where it may be is some work.
  void search(size_t bytes, size_t part) {
    look(bytes);
    step(static_cast<int64_t>(bytes / (8 * (part + (part == 0 ? 1 : 0)))));
  }
  // Making a string, or a list, of that many bytes; and something to hold it.
  void make(size_t bytes) {
    step(1 + static_cast<int64_t>(bytes / 256));
    expect(bytes);
    bytes_ = std::min(bytes_ + static_cast<int64_t>(bytes) + kHolder, limits_.bytes);
  }
  // That many bytes will be made: is there room for them?
  void expect(size_t bytes) const {
    require(bytes <= static_cast<size_t>(limits_.bytes - bytes_), "it makes strings and lists of more than {} bytes",
            limits_.bytes);
  }
  void output(size_t bytes) const {
    require(static_cast<int64_t>(bytes) <= limits_.output_bytes, "it writes more than {} bytes", limits_.output_bytes);
  }

  // One level further in, for as long as it lives.
  class Level {
   public:
    explicit Level(Budget& budget) : budget_(budget) {
      require(budget_.depth_ < budget_.limits_.depth, "its calls and expressions are nested more than {} levels deep",
              budget_.limits_.depth);
      ++budget_.depth_;
    }
    ~Level() { --budget_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Budget& budget_;
  };

 private:
  static constexpr int64_t kHolder = 64;  // a string or list as such, and what the allocator adds

  Limits limits_;
  int64_t steps_ = 0;
  int64_t bytes_ = 0;
  int depth_ = 0;
};

}  // namespace millet::text::jinja
