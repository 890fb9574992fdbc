// The log of the command line: stderr, so that stdout carries data alone.
#pragma once

#include <string_view>

#include "millet/core/log.h"

namespace millet::cli {

class StderrLog final : public Log {
 public:
  explicit StderrLog(bool quiet = false) : quiet_(quiet) {}  // quiet: warnings only
  void write(Level level, std::string_view text) override;

 private:
  bool quiet_;
};

// Tells lines of the program's own on stderr: broken at blanks to the width of a terminal, further lines `indent`
// columns in; as they are where it is none.
void tell(std::string_view text, int indent);

}  // namespace millet::cli
