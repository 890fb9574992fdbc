// Shows an answer as it comes, in its parts: the thinking dimmed, what follows it on a line of its own, each tool call
// on one, no tags.
#pragma once

#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "millet/text/response_parts.h"

namespace millet::cli {

class ResponsePrinter {
 public:
  ResponsePrinter(bool colour, std::function<void(std::string_view)> write)
      : colour_(colour), write_(std::move(write)) {}

  // Blanks and line breaks right behind a tag are not shown, so that an answer without a thought begins where it
  // stands. Nor are <answer> and </answer>, which come whole: each is one token.
  void print(const std::vector<text::ResponsePart>& parts);
  void end();  // of the answer: a line break

 private:
  void show(std::string_view text);
  void show_content(std::string_view text);
  void dim(bool on);
  void new_line();  // unless it holds nothing

  bool colour_;
  std::function<void(std::string_view)> write_;
  bool after_tag_ = false;   // nothing was shown since
  bool after_call_ = false;  // its line goes on to the next part
  bool dimmed_ = false;
  bool on_line_ = false;  // the line holds something
};

}  // namespace millet::cli
