#include "millet/text/chat_prompt.h"

#include <algorithm>
#include <array>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/text/utf8.h"

namespace millet::text {

using io::Json;

static Json tokenizer_config_in(const std::filesystem::path& directory) {
  const std::filesystem::path file = directory / "tokenizer_config.json";
  return io::is_there(file) ? io::read_json(file) : Json::object();
}

bool ChatPrompt::is_in(const std::filesystem::path& directory) {
  if (io::is_there(directory / "chat_template.jinja")) return true;
  const Json config = tokenizer_config_in(directory);
  const Json* source = config.find("chat_template");
  return source != nullptr && !source->is_null();
}

ChatPrompt::ChatPrompt(const Tokenizer& tokenizer, const std::filesystem::path& directory,
                       const std::filesystem::path& template_file, std::string_view name)
    : tokenizer_(tokenizer), template_(ChatTemplate::load(template_file.empty() ? directory : template_file, name)) {
  const Json config = tokenizer_config_in(directory);
  bos_ = role_in(config, "bos_token");
  eos_ = role_in(config, "eos_token");
  for (int32_t id = 0; id < tokenizer.vocab_size(); ++id) {
    const AddedToken* token = tokenizer.added(id);
    if (token == nullptr) continue;
    all_.push_back(token->content);
    if (token->special) special_.push_back(token->content);
  }
  for (auto* list : {&all_, &special_}) std::sort(list->begin(), list->end());
}

// Does one of the sorted spellings begin here?
static bool begins_a_mark(const std::vector<std::string>& spellings, std::string_view rest) {
  // All spellings that begin `rest` stand before its place in the order, behind those of its first byte.
  auto it = std::lower_bound(spellings.begin(), spellings.end(), rest.substr(0, 1));
  for (; it != spellings.end() && it->front() == rest.front(); ++it) {
    if (rest.starts_with(*it)) return true;
  }
  return false;
}

// The text with the guard behind the first character of everything that would be found as a token.
static std::string guarded(std::string_view text, const std::vector<std::string>& marks, std::string_view guard) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const bool mark = begins_a_mark(marks, text.substr(at));
    size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
    out += text.substr(at, end - at);
    if (mark) out += guard;
    at = end;
  }
  return out;
}

// Every string within and every key, but the names of roles and types, which templates compare.
static Json guarded_all(const Json& value, const std::vector<std::string>& marks, std::string_view guard) {
  if (value.is_string()) return Json(guarded(value.as_string(), marks, guard));
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& item : value.items()) out.append(guarded_all(item, marks, guard));
    return out;
  }
  if (!value.is_object()) return value;
  Json out = Json::object();
  for (const Json::Member& member : value.members()) {
    const bool name = member.key == "role" || member.key == "type";
    out[guarded(member.key, marks, guard)] = name ? member.value : guarded_all(member.value, marks, guard);
  }
  return out;
}

// U+FDD0 … U+FDEF are nobody's.
std::string ChatPrompt::guard_for(const Json& messages, const ChatOptions& options) {
  const std::string texts = messages.dump() + options.tools.dump() + options.extra.dump();
  for (char last = '\x90'; last < '\xB0'; ++last) {
    const std::string guard = std::string("\xEF\xB7") + last;
    if (texts.find(guard) == std::string::npos) return guard;
  }
  fail("the messages hold every noncharacter from U+FDD0 to U+FDEF: leave one of them out");
}

std::string ChatPrompt::guard_answer(std::string_view text, std::string_view guard) const {
  return guarded(text, special_, guard);
}

std::vector<int32_t> ChatPrompt::encode(std::string_view text, std::string_view guard,
                                        std::span<const int32_t> before) const {
  const TextPlace place = before.empty()                               ? TextPlace::beginning
                          : tokenizer_.added(before.back()) != nullptr ? TextPlace::behind_added_token
                                                                       : TextPlace::inside;
  return tokenizer_.encode(text, {.allow_special = true, .guard = guard, .place = place});
}

static std::string without(std::string_view text, std::string_view guard) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t next = std::min(text.find(guard, at), text.size());
    out += text.substr(at, next - at);
    at = next + guard.size();
  }
  return out;
}

ChatPrompt::Rendered ChatPrompt::render(const Json& messages, ChatOptions options, std::string_view guard) const {
  if (!messages.is_array()) messages.refuse("is {}: messages are an array", io::name_of(messages.kind()));
  const std::string own = guard.empty() ? guard_for(messages, options) : std::string(guard);
  Json guarded_messages = Json::array();
  for (const Json& message : messages.items()) {
    const bool assistant = message.string_or("role", "") == "assistant";
    guarded_messages.append(guarded_all(message, assistant ? special_ : all_, own));
  }
  options.tools = guarded_all(options.tools, all_, own);
  options.bos_token = bos_;
  options.eos_token = eos_;
  Rendered out;
  out.guarded = template_.render(guarded_messages, options);
  out.ids = encode(out.guarded, own);
  out.text = without(out.guarded, own);
  return out;
}

}  // namespace millet::text
