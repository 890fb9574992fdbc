// Where the library's remarks and warnings go: the run's log.txt and the live view.
#pragma once

#include <mutex>
#include <string_view>

#include "millet/core/log.h"
#include "millet/report/progress.h"
#include "millet/report/run.h"

namespace millet::report {

// Either may be a null pointer. Both must outlive it and stay where they are. May be called from several threads.
class RunLog final : public Log {
 public:
  RunLog(Run* run, View* view) : run_(run), view_(view) {}

  void write(Level level, std::string_view text) override {
    const std::string line = level == Level::warning ? fmt::format("warning: {}", text) : std::string(text);
    if (view_ != nullptr) level == Level::warning ? view_->warn(line) : view_->note(line);
    const std::lock_guard lock(mutex_);
    if (run_ != nullptr) run_->log(line);
  }

 private:
  std::mutex mutex_;
  Run* run_;
  View* view_;
};

}  // namespace millet::report
