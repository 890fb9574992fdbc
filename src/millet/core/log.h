// Where warnings go. The library never prints: it is given a Log.
#pragma once

#include <fmt/core.h>

#include <string_view>
#include <utility>

namespace millet {

class Log {
 public:
  enum class Level : unsigned char { info, warning };

  virtual ~Log() = default;
  virtual void write(Level level, std::string_view text) = 0;

  template <class... Args>
  void info(fmt::format_string<Args...> text, Args&&... args) {
    write(Level::info, fmt::format(text, std::forward<Args>(args)...));
  }
  template <class... Args>
  void warn(fmt::format_string<Args...> text, Args&&... args) {
    write(Level::warning, fmt::format(text, std::forward<Args>(args)...));
  }

  static Log& silent();  // drops everything; stateless, so that sharing it shares nothing
};

}  // namespace millet
