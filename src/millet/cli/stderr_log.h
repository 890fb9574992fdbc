// The log of the command line: stderr, so that stdout carries data alone.
#pragma once

#include "millet/core/log.h"

namespace millet::cli {

class StderrLog final : public Log {
 public:
  explicit StderrLog(bool quiet = false) : quiet_(quiet) {}  // quiet: warnings only
  void write(Level level, std::string_view text) override;

 private:
  bool quiet_;
};

}  // namespace millet::cli
