// Shows an answer as it comes, in pieces: the thinking dimmed, what follows it on a line of its own, no tags.
#pragma once

#include <functional>
#include <string_view>
#include <utility>

namespace millet::cli {

class ThinkingPrinter {
 public:
  ThinkingPrinter(bool colour, std::function<void(std::string_view)> write)
      : colour_(colour), write_(std::move(write)) {}

  // The tags come whole: each is one token. Blanks and line breaks right behind a tag are not shown, so that an answer
  // without a thought begins where it stands.
  void print(std::string_view piece);
  void end();  // of the answer: a line break

 private:
  void show(std::string_view text);
  void dim(bool on);

  bool colour_;
  std::function<void(std::string_view)> write_;
  bool after_tag_ = false;  // nothing was shown since
  bool dimmed_ = false;
  bool on_line_ = false;  // the line holds something
};

}  // namespace millet::cli
