#include "millet/core/log.h"

namespace millet {

namespace {
class Silent final : public Log {
 public:
  void write(Level, std::string_view) override {}
};
}  // namespace

Log& Log::silent() {
  static Silent log;
  return log;
}

}  // namespace millet
