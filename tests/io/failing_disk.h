// A disk whose n-th call fails: once, or from then on, as if the process had died there.
#pragma once

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "millet/io/disk.h"

class FailingDisk : public millet::io::Disk {
 public:
  explicit FailingDisk(int fail_at = 0, bool dies = false, int error = EIO)
      : fail_at_(fail_at), dies_(dies), error_(error) {}

  struct Call {
    std::string name;
    std::filesystem::path path;
  };
  const std::vector<Call>& calls() const { return calls_; }
  bool failed() const { return fail_at_ > 0 && static_cast<int>(calls_.size()) >= fail_at_; }

 protected:
  int before(std::string_view call, const std::filesystem::path& path) override {
    calls_.push_back({std::string(call), path});
    const auto n = static_cast<int>(calls_.size());
    return n == fail_at_ || (dies_ && failed()) ? error_ : 0;
  }

 private:
  int fail_at_;
  bool dies_;
  int error_;
  std::vector<Call> calls_;
};
