#include "millet/text/tool_calls.h"

#include <algorithm>

#include "millet/core/error.h"

namespace millet::text {

using io::Json;

namespace {

constexpr std::string_view kSeparator = "<｜tool▁sep｜>";
constexpr std::string_view kJsonSpaces = " \t\r\n";  // of JSON

std::string_view trimmed_call(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(kJsonSpaces), text.size());
  return text.substr(begin, text.find_last_not_of(kJsonSpaces) + 1 - begin);
}

std::optional<Json> json_in(std::string_view text) {
  try {
    return Json::parse(text);
  } catch (const Error&) {
    return std::nullopt;
  }
}

// Arguments are an object, or a string that holds one.
std::optional<ToolCall> call_of(std::string_view name, std::string_view arguments) {
  std::optional<Json> json = json_in(arguments);
  if (json && json->is_string()) json = json_in(std::string(json->as_string()));
  if (!json || !json->is_object() || name.empty()) return std::nullopt;
  return ToolCall{std::string(name), std::string(arguments), *std::move(json)};
}

// Where the value of JSON ends that begins at `at`: behind its last brace, bracket, quote or other character. For text
// that may be no JSON at all: nothing but quotes and nesting is looked at.
size_t end_of_value(std::string_view text, size_t at) {
  size_t depth = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at) at += text[at] == '\\' ? 1 : 0;
      if (at >= text.size()) return text.size();
      if (depth == 0) return at + 1;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return at;
      if (--depth == 0) return at + 1;
    } else if (depth == 0 && (c == ',' || kJsonSpaces.find(c) != std::string_view::npos)) {
      return at;
    }
  }
  return at;
}

// The text of a member of an object that is known to be JSON.
std::string_view text_of_member(std::string_view object, std::string_view wanted) {
  size_t at = object.find('{') + 1;
  while (true) {
    at = object.find('"', at);
    if (at == std::string_view::npos) return {};
    const size_t key_end = end_of_value(object, at);
    const std::optional<Json> key = json_in(object.substr(at, key_end - at));
    at = object.find_first_not_of(kJsonSpaces, object.find(':', key_end) + 1);
    const size_t end = end_of_value(object, at);
    if (key && key->as_string() == wanted) return object.substr(at, end - at);
    at = end;
  }
}

// {"name": …, "arguments": …}, or "parameters"; other members are passed over.
std::optional<ToolCall> read_object(std::string_view text) {
  text = trimmed_call(text);
  if (!text.starts_with('{')) return std::nullopt;
  const std::optional<Json> json = json_in(text);
  if (!json || !json->is_object()) return std::nullopt;
  const Json* name = json->find("name");
  const char* key = json->contains("arguments") ? "arguments" : "parameters";
  if (name == nullptr || !name->is_string() || !json->contains(key)) return std::nullopt;
  return call_of(name->as_string(), text_of_member(text, key));
}

// KIND<｜tool▁sep｜>NAME\n```json\nARGUMENTS\n``` or NAME<｜tool▁sep｜>ARGUMENTS.
std::optional<ToolCall> read_deepseek(std::string_view text) {
  const size_t separator = text.find(kSeparator);
  if (separator == std::string_view::npos) return std::nullopt;
  const std::string_view before = trimmed_call(text.substr(0, separator));
  const std::string_view behind = text.substr(separator + kSeparator.size());
  constexpr std::string_view kOpen = "\n```json\n", kClose = "\n```";
  const size_t open = behind.find(kOpen);
  if (open == std::string_view::npos) return call_of(before, trimmed_call(behind));
  std::string_view arguments = behind.substr(open + kOpen.size());
  while (!arguments.empty() && kJsonSpaces.find(arguments.back()) != std::string_view::npos) arguments.remove_suffix(1);
  if (before != "function" || !arguments.ends_with(kClose)) return std::nullopt;
  arguments.remove_suffix(kClose.size());
  return call_of(trimmed_call(behind.substr(0, open)), arguments);
}

bool is_call_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// NAME.call(KEY="VALUE", …), as the template of Llama 3.1 writes its own tools: a value holds no quotes.
std::optional<ToolCall> read_call_of_builtin(std::string_view text) {
  constexpr std::string_view kCall = ".call(";
  text = trimmed_call(text);
  const size_t call = text.find(kCall);
  if (call == std::string_view::npos || !is_call_name(text.substr(0, call)) || !text.ends_with(')'))
    return std::nullopt;
  const size_t begin = call + kCall.size();
  const std::string_view inside = text.substr(begin, text.size() - 1 - begin);
  Json arguments = Json::object();
  for (size_t at = 0; at < inside.size();) {
    const size_t equals = inside.find("=\"", at);
    const size_t quote = equals == std::string_view::npos ? equals : inside.find('"', equals + 2);
    if (quote == std::string_view::npos) return std::nullopt;
    const std::string_view key = inside.substr(at, equals - at);
    if (!is_call_name(key) || arguments.contains(key)) return std::nullopt;
    arguments[key] = inside.substr(equals + 2, quote - equals - 2);
    at = quote + 1;
    if (at == inside.size()) break;
    if (inside.substr(at, 2) != ", " || at + 2 == inside.size()) return std::nullopt;
    at += 2;
  }
  return ToolCall{std::string(text.substr(0, call)), std::string(inside), std::move(arguments)};
}

}  // namespace

ToolMarks tool_marks(ToolSyntax syntax) {
  if (syntax == ToolSyntax::deepseek)
    return {"<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>", "<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>"};
  return {"", "<tool_call>", "</tool_call>", ""};
}

std::optional<ToolCall> read_tool_call(ToolSyntax syntax, std::string_view text) {
  switch (syntax) {
    case ToolSyntax::none:
      return std::nullopt;
    case ToolSyntax::deepseek:
      return read_deepseek(text);
    case ToolSyntax::tags:
      return read_object(text);
    case ToolSyntax::llama: {
      std::optional<ToolCall> call = read_object(text);
      return call ? call : read_call_of_builtin(text);
    }
  }
  return std::nullopt;
}

std::vector<LlamaCall> read_llama_calls(std::string_view text) {
  std::vector<LlamaCall> calls;
  auto skip = [&](size_t at) { return std::min(text.find_first_not_of(kJsonSpaces, at), text.size()); };
  size_t at = skip(0);
  const bool tagged = text.substr(at).starts_with(kPythonTag);
  if (tagged) at = skip(at + kPythonTag.size());
  if (tagged && !text.substr(at).starts_with('{')) {
    if (auto call = read_call_of_builtin(text.substr(at))) calls.push_back({text.size(), *std::move(call)});
    return calls;
  }
  while (text.substr(at).starts_with('{')) {
    const size_t end = end_of_value(text, at);
    auto call = read_object(text.substr(at, end - at));
    if (!call) return {};
    calls.push_back({end, *std::move(call)});
    at = skip(end);
    if (at == text.size()) return calls;
    if (text[at] == ';') at = skip(at + 1);
  }
  return {};
}

}  // namespace millet::text
