#include "millet/text/response_parts.h"

#include <algorithm>

#include "millet/text/chat_prompt.h"
#include "millet/text/chat_template.h"
#include "millet/text/thinking.h"

namespace millet::text {

using io::Json;
using Kind = ResponsePart::Kind;

namespace {

constexpr std::string_view kResponseSpaces = " \t\r\n";

// How much of the end of a text may be the beginning of a mark.
size_t unfinished(std::string_view text, std::string_view mark) {
  for (size_t length = std::min(text.size(), mark.size() - 1); length > 0; --length) {
    if (mark.starts_with(text.substr(text.size() - length))) return length;
  }
  return 0;
}

// White space waits for what follows it. More than so much of it waits for nothing: then the rest is content.
constexpr size_t kMostSpaces = 64;

size_t response_spaces_before(std::string_view text, std::string_view spaces) {
  const std::string_view end = text.substr(text.size() - std::min(text.size(), kMostSpaces));
  return end.size() - (end.find_last_not_of(spaces) + 1);
}

// Up to one more than may wait.
size_t response_spaces_at(std::string_view text, size_t at) {
  const std::string_view begin = text.substr(at, kMostSpaces + 1);
  return std::min(begin.find_first_not_of(kResponseSpaces), begin.size());
}

}  // namespace

ResponseSyntax ResponseSyntax::of(std::string_view chat_template, const Tokenizer* tokenizer) {
  auto writes = [&](std::string_view text) { return chat_template.find(text) != std::string_view::npos; };
  auto knows = [&](std::string_view token) {
    const auto id = tokenizer == nullptr ? std::nullopt : tokenizer->id_of(token);
    return id && tokenizer->added(*id) != nullptr;
  };
  ResponseSyntax syntax;
  syntax.thinks = writes(kThinkEnd) || (knows(kThink) && knows(kThinkEnd));
  const std::string_view deepseek = tool_marks(ToolSyntax::deepseek).call_begin;
  const std::string_view tags = tool_marks(ToolSyntax::tags).call_begin;
  if (writes(deepseek)) {
    syntax.tools = ToolSyntax::deepseek;
  } else if (writes(tags)) {
    syntax.tools = ToolSyntax::tags;
  } else if (writes(R"('{"name": "')") && writes(R"('"parameters": ')")) {
    syntax.tools = ToolSyntax::llama;
  } else if (chat_template.empty()) {
    if (knows(deepseek) && !knows("｜DSML｜")) syntax.tools = ToolSyntax::deepseek;  // V4's calls are another language
    if (knows(tags)) syntax.tools = ToolSyntax::tags;
    if (knows(kPythonTag)) syntax.tools = ToolSyntax::llama;
  }
  return syntax;
}

ResponseSyntax ResponseSyntax::in(const std::filesystem::path& directory, const Tokenizer& tokenizer) {
  std::string source;
  if (ChatPrompt::is_in(directory)) {
    source = ChatTemplate::source(directory);
    const std::string for_tools = ChatTemplate::source(directory, "tool_use");
    if (for_tools != source) source += "\n" + for_tools;
  }
  return of(source, &tokenizer);
}

ResponseSplitter::ResponseSplitter(ResponseSyntax syntax, bool in_thought)
    : syntax_(syntax),
      marks_(tool_marks(syntax.tools)),
      where_(!syntax.thinks ? Where::content
             : in_thought   ? Where::thought_begins
                            : Where::begin) {}

std::vector<ResponsePart> ResponseSplitter::push(std::string_view piece) {
  buffer_ += piece;
  run(false);
  buffer_.erase(0, at_);
  at_ = 0;
  return std::exchange(out_, {});
}

std::vector<ResponsePart> ResponseSplitter::finish() {
  run(true);
  return std::exchange(out_, {});
}

void ResponseSplitter::emit(Kind kind, size_t bytes, ToolCall call) {
  if (bytes == 0) return;
  out_.push_back({kind, std::string(rest().substr(0, bytes)), std::move(call)});
  at_ += bytes;
  searched_ = 0;
  quoted_ = escaped_ = false;
  if (kind == Kind::call) after_call_ = true;
  if (kind == Kind::content) after_call_ = in_section_ = false;
}

// Each step says whether another may follow.
void ResponseSplitter::run(bool final) {
  while (!rest().empty()) {
    bool more = false;
    switch (where_) {
      case Where::begin:
        more = begin(final);
        break;
      case Where::thought_begins:
        more = newlines(final, Where::thought);
        break;
      case Where::thought:
        more = thought(final);
        break;
      case Where::thought_ended:
        more = newlines(final, Where::content);
        break;
      case Where::content:
        more = syntax_.tools == ToolSyntax::llama ? llama(final) : content(final);
        break;
    }
    if (!more) return;
  }
}

bool ResponseSplitter::begin(bool final) {
  const size_t spaces = response_spaces_at(rest(), 0);
  const std::string_view word = rest().substr(spaces);
  if (spaces <= kMostSpaces && word.starts_with(kThink)) {
    emit(Kind::mark, spaces + kThink.size());
    where_ = Where::thought_begins;
    return true;
  }
  if (!final && spaces <= kMostSpaces && kThink.starts_with(word)) return false;
  where_ = Where::content;
  return true;
}

// Line breaks behind a tag are the form's.
bool ResponseSplitter::newlines(bool final, Where next) {
  const size_t count = std::min(rest().find_first_not_of('\n'), rest().size());
  emit(Kind::mark, count);
  if (rest().empty() && !final) return false;
  where_ = next;
  return true;
}

bool ResponseSplitter::thought(bool final) {
  const std::string_view text = rest();
  const size_t end = text.find(kThinkEnd);
  if (end != std::string_view::npos) {
    const size_t breaks = response_spaces_before(text.substr(0, end), "\n");
    emit(Kind::thinking, end - breaks);
    emit(Kind::mark, breaks + kThinkEnd.size());
    where_ = Where::thought_ended;
    return true;
  }
  size_t held = final ? 0 : unfinished(text, kThinkEnd);
  if (!final) held += response_spaces_before(text.substr(0, text.size() - held), "\n");
  emit(Kind::thinking, text.size() - held);
  return false;
}

// A text that begins as calls do is decided at its end.
bool ResponseSplitter::llama(bool final) {
  const size_t spaces = response_spaces_at(rest(), 0);
  const std::string_view word = rest().substr(spaces);
  const bool may_be_calls =
      spaces <= kMostSpaces && (word.starts_with('{') || word.starts_with(kPythonTag) || kPythonTag.starts_with(word));
  if (may_be_calls && !final) return false;
  if (may_be_calls) {
    size_t done = 0;
    for (LlamaCall& call : read_llama_calls(std::string(rest()))) {
      emit(Kind::call, call.end - done, std::move(call.call));
      done = call.end;
    }
    emit(after_call_ ? Kind::mark : Kind::content, rest().size());
    return false;
  }
  emit(Kind::content, rest().size());
  syntax_.tools = ToolSyntax::none;  // what follows stands behind content
  return true;
}

bool ResponseSplitter::content(bool final) {
  const std::string_view text = rest();
  if (syntax_.tools == ToolSyntax::none) {
    emit(Kind::content, text.size());
    return false;
  }
  if (in_section_ && section_end()) return true;
  size_t at = text.find(marks_.call_begin);
  if (!marks_.section_begin.empty()) at = std::min(at, text.substr(0, at).find(marks_.section_begin));
  if (at != std::string_view::npos) {
    const size_t spaces = response_spaces_before(text.substr(0, at), kResponseSpaces);
    if (at > spaces) {
      emit(Kind::content, at - spaces);
      return true;
    }
    return call_at(at, final);
  }
  size_t held = 0;
  if (!final) {
    held = unfinished(text, marks_.call_begin);
    if (!marks_.section_begin.empty()) held = std::max(held, unfinished(text, marks_.section_begin));
    if (in_section_) held = std::max(held, unfinished(text, marks_.section_end));
  }
  const size_t spaces = response_spaces_before(text.substr(0, text.size() - held), kResponseSpaces);
  if (spaces + held == text.size() && !final) return false;
  const bool only_spaces = spaces == text.size();
  emit(only_spaces && after_call_ ? Kind::mark : Kind::content, text.size() - (final ? 0 : spaces + held));
  return false;
}

// Behind a call of a section: white space and its end.
bool ResponseSplitter::section_end() {
  const std::string_view text = rest();
  const size_t spaces = response_spaces_at(text, 0);
  if (spaces > kMostSpaces || !text.substr(spaces).starts_with(marks_.section_end)) return false;
  emit(Kind::mark, spaces + marks_.section_end.size());
  in_section_ = false;
  return true;
}

size_t ResponseSplitter::plain_call_end(size_t begin) const {
  return rest().substr(0, rest().find(marks_.call_begin, begin)).find(marks_.call_end, begin);
}

// Where the call whose mark ends at `begin` ends: before another begins, and in no string of its arguments, which may
// hold marks; npos: nowhere; nothing: it is not decided yet. Where a string does not end with the text, marks count
// wherever they are, from this call on.
std::optional<size_t> ResponseSplitter::call_end(size_t begin, bool final) {
  const std::string_view text = rest();
  if (ignores_quotes_) return plain_call_end(begin);
  for (searched_ = std::max(begin, searched_); searched_ < text.size(); ++searched_) {
    const char c = text[searched_];
    if (quoted_) {
      quoted_ = escaped_ || c != '"';
      escaped_ = !escaped_ && c == '\\';
      continue;
    }
    quoted_ = c == '"';
    const std::string_view here = text.substr(searched_);
    if (here.starts_with(marks_.call_end)) return searched_;
    if (here.starts_with(marks_.call_begin)) return std::string_view::npos;
    if (marks_.call_end.starts_with(here) || marks_.call_begin.starts_with(here)) break;
  }
  if (!final) return std::nullopt;
  ignores_quotes_ = true;
  return plain_call_end(begin);
}

// A mark that begins calls stands at `at`, behind white space alone. What is no call is content up to the mark's end.
bool ResponseSplitter::call_at(size_t at, bool final) {
  const std::string_view text = rest();
  size_t begin = at;
  if (!text.substr(at).starts_with(marks_.call_begin)) {
    begin += marks_.section_begin.size();
    const size_t spaces = response_spaces_at(text, begin);
    const std::string_view word = text.substr(begin + spaces);
    if (spaces > kMostSpaces || !word.starts_with(marks_.call_begin)) {
      if (!final && spaces <= kMostSpaces && marks_.call_begin.starts_with(word)) return false;
      emit(Kind::content, begin);
      return true;
    }
    begin += spaces;
  }
  begin += marks_.call_begin.size();
  const std::optional<size_t> end = call_end(begin, final);
  if (!end) return false;
  std::optional<ToolCall> call;
  if (*end != std::string_view::npos) call = read_tool_call(syntax_.tools, text.substr(begin, *end - begin));
  if (!call) {
    emit(Kind::content, begin);
    return true;
  }
  emit(Kind::call, *end + marks_.call_end.size(), *std::move(call));
  in_section_ = !marks_.section_end.empty();
  return true;
}

std::vector<ResponsePart> split_parts(std::string_view text, ResponseSyntax syntax, bool in_thought) {
  ResponseSplitter splitter(syntax, in_thought);
  std::vector<ResponsePart> parts;
  auto take = [&](std::vector<ResponsePart> more) {
    for (ResponsePart& part : more) {
      if (part.kind != Kind::call && !parts.empty() && parts.back().kind == part.kind)
        parts.back().raw += part.raw;
      else
        parts.push_back(std::move(part));
    }
  };
  take(splitter.push(text));
  take(splitter.finish());
  return parts;
}

std::string join(const std::vector<ResponsePart>& parts) {
  std::string text;
  for (const ResponsePart& part : parts) text += part.raw;
  return text;
}

Json assistant_message(const std::vector<ResponsePart>& parts, ResponseSyntax syntax) {
  std::string thinking, content;
  Json calls = Json::array();
  for (const ResponsePart& part : parts) {
    if (part.kind == Kind::thinking) thinking += part.raw;
    if (part.kind == Kind::content) content += part.raw;
    if (part.kind != Kind::call) continue;
    // What was written as a string is one, so that it is written so again.
    const bool is_string = part.call.arguments.starts_with('"');
    const Json arguments = syntax.tools == ToolSyntax::deepseek ? Json(part.call.arguments)
                           : is_string                          ? Json::parse(part.call.arguments)
                                                                : part.call.parsed;
    calls.append(Json::object(
        {{"type", "function"}, {"function", Json::object({{"name", part.call.name}, {"arguments", arguments}})}}));
  }
  Json message = Json::object({{"role", "assistant"}});
  message["content"] = content.empty() && calls.size() > 0 ? Json() : Json(content);
  if (!thinking.empty()) message["reasoning_content"] = thinking;
  if (calls.size() > 0) message["tool_calls"] = std::move(calls);
  return message;
}

}  // namespace millet::text
