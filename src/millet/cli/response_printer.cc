#include "millet/cli/response_printer.h"

#include <algorithm>
#include <string>

#include "millet/text/thinking.h"

namespace millet::cli {

using Kind = text::ResponsePart::Kind;

void ResponsePrinter::show(std::string_view text) {
  if (after_tag_) text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size()));
  if (text.empty()) return;
  if (after_call_) new_line();
  after_tag_ = after_call_ = false;
  on_line_ = text.back() != '\n';
  write_(text);
}

void ResponsePrinter::show_content(std::string_view text) {
  while (!text.empty()) {
    const size_t at = std::min(text.find(text::kAnswer), text.find(text::kAnswerEnd));
    show(text.substr(0, at));
    if (at == std::string_view::npos) return;
    after_tag_ = true;
    text.remove_prefix(at + (text.substr(at).starts_with(text::kAnswer) ? text::kAnswer : text::kAnswerEnd).size());
  }
}

void ResponsePrinter::dim(bool on) {
  if (on != dimmed_ && colour_) write_(on ? "\x1b[2m" : "\x1b[0m");
  dimmed_ = on;
}

void ResponsePrinter::new_line() {
  if (on_line_) write_("\n");
  on_line_ = false;
}

void ResponsePrinter::print(const std::vector<text::ResponsePart>& parts) {
  for (const text::ResponsePart& part : parts) {
    if (part.kind == Kind::mark) {
      after_tag_ = true;
      continue;
    }
    const bool thought = part.kind == Kind::thinking;
    if (dimmed_ && !thought) {
      dim(false);
      new_line();
    }
    if (part.kind == Kind::call) {
      new_line();
      show("→ " + part.call.name + " " + part.call.arguments);
      after_tag_ = after_call_ = true;
    } else if (thought) {
      dim(true);
      show(part.raw);
    } else {
      show_content(part.raw);
    }
  }
}

void ResponsePrinter::end() {
  dim(false);
  write_("\n");
  after_tag_ = after_call_ = on_line_ = false;
}

}  // namespace millet::cli
