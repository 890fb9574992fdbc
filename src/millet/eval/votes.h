// cons@k: the commonest of several answers (self-consistency, Wang et al. 2023).
#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace millet::eval {

class Votes {
 public:
  // An answer and whether it is right; "" is none and counts as cast.
  void add(const std::string& answer, bool right);
  size_t cast() const { return cast_; }
  // The commonest answer; of several, the one that was given first.
  bool winner_is_right() const;

 private:
  struct Answer {
    size_t count = 0, first = 0;
    bool right = false;
  };
  std::map<std::string, Answer> answers_;
  size_t cast_ = 0;
};

}  // namespace millet::eval
