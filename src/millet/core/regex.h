// Regular expressions in Oniguruma's syntax with Unicode classes, in bounded time and memory: the one home of
// Oniguruma. [[:punct:]] is that of 6.9.9 and later, whichever is linked: all punctuation and all symbols.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

namespace millet {

class Regex {
 public:
  // Throws Error: an expression that is malformed or longer than 64 kB.
  explicit Regex(std::string_view expression);
  // Of texts that match as a whole.
  static Regex whole(std::string_view expression);

  struct Match {
    size_t begin = 0;
    size_t end = 0;
  };
  // The leftmost match that begins at `from` or later. The text must be UTF-8. Throws Error where it needs more than
  // about 100 steps for each byte of the text: it would take time that grows with the text's square, or worse.
  std::optional<Match> find(std::string_view text, size_t from = 0) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;  // shared by copies; it never changes
};

}  // namespace millet
