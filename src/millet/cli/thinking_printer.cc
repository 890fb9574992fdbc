#include "millet/cli/thinking_printer.h"

#include <algorithm>

#include "millet/text/thinking.h"

namespace millet::cli {

void ThinkingPrinter::show(std::string_view text) {
  if (after_tag_) text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size()));
  if (text.empty()) return;
  after_tag_ = false;
  on_line_ = text.back() != '\n';
  write_(text);
}

void ThinkingPrinter::dim(bool on) {
  if (on != dimmed_ && colour_) write_(on ? "\x1b[2m" : "\x1b[0m");
  dimmed_ = on;
}

void ThinkingPrinter::print(std::string_view piece) {
  while (!piece.empty()) {
    size_t at = piece.size();
    std::string_view tag;
    for (const std::string_view t : {text::kThink, text::kThinkEnd, text::kAnswer, text::kAnswerEnd}) {
      if (const size_t found = piece.find(t); found < at) {
        at = found;
        tag = t;
      }
    }
    show(piece.substr(0, at));
    piece.remove_prefix(at + tag.size());
    if (tag.empty()) continue;
    after_tag_ = true;
    if (tag == text::kThink) dim(true);
    if (tag != text::kThinkEnd) continue;
    dim(false);
    if (on_line_) write_("\n");
    on_line_ = false;
  }
}

void ThinkingPrinter::end() {
  dim(false);
  write_("\n");
  after_tag_ = on_line_ = false;
}

}  // namespace millet::cli
