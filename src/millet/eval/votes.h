// cons@k: the commonest of several answers (self-consistency, Wang et al. 2023).
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace millet::eval {

class Votes {
 public:
  // An answer and whether it is right; "" is none and counts as cast.
  void add(const std::string& answer, bool right);
  size_t cast() const { return cast_; }

  struct Answer {
    std::string text;
    size_t count = 0;
    bool right = false;
  };
  const std::vector<Answer>& answers() const { return answers_; }  // distinct ones, the first given first
  // The commonest answer; of several, the one that was given first.
  bool winner_is_right() const;

 private:
  std::vector<Answer> answers_;
  std::map<std::string, size_t> places_;  // in answers_
  size_t cast_ = 0;
};

}  // namespace millet::eval
