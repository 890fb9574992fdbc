#include "millet/text/chat_prompt.h"

#include <algorithm>
#include <array>

#include "millet/io/file.h"
#include "millet/text/configured_tokens.h"

namespace millet::text {

using io::Json;

bool ChatPrompt::is_in(const std::filesystem::path& directory) {
  if (io::is_there(directory / "chat_template.jinja")) return true;
  const Json config = read_tokenizer_config(directory);
  const Json* source = config.find("chat_template");
  return source != nullptr && !source->is_null();
}

ChatPrompt::ChatPrompt(const Tokenizer& tokenizer, const std::filesystem::path& directory,
                       const std::filesystem::path& template_file, std::string_view name)
    : tokenizer_(tokenizer), template_(ChatTemplate::load(template_file.empty() ? directory : template_file, name)) {
  const Json config = read_tokenizer_config(directory);
  bos_ = role_in(config, "bos_token");
  eos_ = role_in(config, "eos_token");
  tokens_ = further_tokens(config);
  for (int32_t id = 0; id < tokenizer.vocab_size(); ++id) {
    const AddedToken* token = tokenizer.added(id);
    if (token == nullptr) continue;
    all_.push_back(token->content);
    if (token->special) special_.push_back(token->content);
  }
  for (auto* list : {&all_, &special_}) std::sort(list->begin(), list->end());
}

static bool is_role(const Json& value) {
  static constexpr std::array<std::string_view, 5> kRoles = {"system", "developer", "user", "assistant", "tool"};
  return value.is_string() && std::find(kRoles.begin(), kRoles.end(), value.as_string()) != kRoles.end();
}

// Every string within and every key, but the roles, which templates compare.
static Json guarded_all(const Json& value, const std::vector<std::string>& marks, const MarkGuard& guard) {
  if (value.is_string()) return Json(guarded(value.as_string(), marks, guard));
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& item : value.items()) out.append(guarded_all(item, marks, guard));
    return out;
  }
  if (!value.is_object()) return value;
  Json out = Json::object();
  for (const Json::Member& member : value.members()) {
    const bool role = member.key == "role" && is_role(member.value);
    out[guarded(member.key, marks, guard)] = role ? member.value : guarded_all(member.value, marks, guard);
  }
  return out;
}

MarkGuard ChatPrompt::guard_for(const Json& messages, const ChatOptions& options) {
  return MarkGuard::for_texts(messages.dump() + options.tools.dump() + options.extra.dump());
}

std::string ChatPrompt::guard_answer(std::string_view text, const MarkGuard& guard) const {
  return guarded(text, special_, guard);
}

std::vector<int32_t> ChatPrompt::encode(std::string_view text, const MarkGuard& guard,
                                        std::span<const int32_t> before) const {
  const TextPlace place = before.empty()                               ? TextPlace::beginning
                          : tokenizer_.added(before.back()) != nullptr ? TextPlace::behind_added_token
                                                                       : TextPlace::inside;
  return tokenizer_.encode(text, {.allow_special = true, .guard = guard, .place = place});
}

ChatPrompt::Rendered ChatPrompt::render(const Json& messages, ChatOptions options, const MarkGuard& guard) const {
  if (!messages.is_array()) messages.refuse("is {}: messages are an array", io::name_of(messages.kind()));
  const MarkGuard own = guard.empty() ? guard_for(messages, options) : guard;
  Json guarded_messages = Json::array();
  for (const Json& message : messages.items()) {
    const bool assistant = message.string_or("role", "") == "assistant";
    guarded_messages.append(guarded_all(message, assistant ? special_ : all_, own));
  }
  options.tools = guarded_all(options.tools, all_, own);
  options.bos_token = bos_;
  options.eos_token = eos_;
  options.tokens = tokens_;
  Rendered out;
  out.guarded = template_.render(guarded_messages, options);
  out.ids = encode(out.guarded, own);
  out.text = unguarded(out.guarded, own);
  return out;
}

}  // namespace millet::text
