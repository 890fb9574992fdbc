// Errors: one type, thrown with what was wrong, where, and what to do.
#pragma once

#include <fmt/core.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace millet {

// Whose mistake it is: decides the exit code of the command line (bad input 2, own failure 1).
enum class Fault : unsigned char { input, own };

// The one exception of Millet. Its text names the thing, the place and the remedy.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& text, Fault fault = Fault::input) : std::runtime_error(text), fault_(fault) {}

  Fault fault() const { return fault_; }

  // The same error seen from further out: "while reading tensor X of file Y: <text>".
  Error within(std::string_view what) const { return Error(fmt::format("{}: {}", what, this->what()), fault_); }

 private:
  Fault fault_;
};

// Throws Error for bad input: a file, a key, a shape, an argument.
template <class... Args>
[[noreturn]] void fail(fmt::format_string<Args...> text, Args&&... args) {
  throw Error(fmt::format(text, std::forward<Args>(args)...));
}

// Throws Error for a failure that the user's input did not cause: a full disk, short memory.
template <class... Args>
[[noreturn]] void fail_own(fmt::format_string<Args...> text, Args&&... args) {
  throw Error(fmt::format(text, std::forward<Args>(args)...), Fault::own);
}

template <class... Args>
inline void require(bool condition, fmt::format_string<Args...> text, Args&&... args) {
  if (!condition) [[unlikely]]
    fail(text, std::forward<Args>(args)...);
}

}  // namespace millet
