#include "millet/text/conversation.h"

#include <algorithm>

#include "millet/core/error.h"
#include "millet/text/chat_template.h"
#include "millet/text/thinking.h"

namespace millet::text {

using io::Json;
using Kind = ResponsePart::Kind;

static constexpr const char* kToolTemplate = "tool_use";
static constexpr std::string_view kTextSpaces = " \t\r\n";

static std::string source_of(const std::filesystem::path& directory, const std::filesystem::path& file, bool tools) {
  return ChatTemplate::source(file.empty() ? directory : file, tools ? kToolTemplate : "default");
}

Conversation::Conversation(const Tokenizer& tokenizer, const std::filesystem::path& directory, Json tools,
                           const std::filesystem::path& template_file)
    : prompt_(tokenizer, directory, template_file, tools.is_null() ? "default" : kToolTemplate) {
  require(tools.is_null() || tools.is_array(), "the tools are {}: give an array of them", io::name_of(tools.kind()));
  const std::string source = source_of(directory, template_file, !tools.is_null());
  syntax_ = ResponseSyntax::of(source, &tokenizer);
  syntax_.thinks = true;
  reads_reasoning_ = source.find("reasoning_content") != std::string::npos;
  cuts_thoughts_ = source.find(kThinkEnd) != std::string::npos;
  options_.tools = std::move(tools);
  options_.add_generation_prompt = true;
}

void Conversation::say(std::string_view role, std::string_view text) {
  waiting_.clear();
  messages_.append(Json::object({{"role", role}, {"content", text}}));
}

void Conversation::result(std::string_view text) {
  require(!waiting_.empty(), "no call waits for a result");
  messages_.append(Json::object({{"role", "tool"}, {"name", waiting_.front()}, {"content", text}}));
  waiting_.erase(waiting_.begin());
}

Conversation::Prompt Conversation::ask() {
  ChatPrompt::Rendered rendered = prompt_.render(messages_, options_);
  const std::string_view text = rendered.text;
  const size_t end = text.find_last_not_of(" \n") + 1;
  const bool in_thought = text.substr(0, end).ends_with(kThink);
  opening_ = in_thought ? std::string(text.substr(end - kThink.size())) : "";
  return {std::move(rendered.ids), std::move(rendered.text), in_thought};
}

// Of a thought that was cut off the template is to see the end all the same.
static std::string thought_as_written(const std::vector<ResponsePart>& parts, std::string_view opening) {
  std::string text(opening);
  for (const ResponsePart& part : parts) {
    if (part.kind == Kind::content || part.kind == Kind::call) break;
    text += part.raw;
  }
  if (text.starts_with(kThink) && text.find(kThinkEnd) == std::string::npos) text += kThinkEnd;
  return text;
}

Json Conversation::turn_of(const std::vector<ResponsePart>& parts) const {
  Json turn = assistant_message(parts, syntax_);
  if (reads_reasoning_) return turn;
  Json plain = Json::object({{"role", "assistant"}, {"content", turn.at("content")}});
  if (const Json* calls = turn.find("tool_calls")) {
    plain["tool_calls"] = *calls;
  } else {
    plain["content"] = thought_as_written(parts, opening_) + turn.at("content").as_string();
  }
  return plain;
}

// The messages with this turn as the template writes them behind the last prompt; nothing where it refuses them.
std::optional<std::string> Conversation::written(const Json& turn) const {
  Json with = messages_;
  with.append(turn);
  try {
    const std::string before = prompt_.render(messages_, options_).text;
    const std::string after = prompt_.render(with, options_).text;
    return after.substr(static_cast<size_t>(
        std::mismatch(before.begin(), before.end(), after.begin(), after.end()).second - after.begin()));
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool Conversation::keeps_calls(const Json& turn) const {
  const std::optional<std::string> text = written(turn);
  size_t at = 0;
  for (const Json& call : turn.at("tool_calls").items()) {
    const std::string& name = call.at("function").at("name").as_string();
    if (!text || (at = text->find(name, at)) == std::string::npos) return false;
    at += name.size();
  }
  return true;
}

// White space between content and the first call is the template's or the content's: of the content it is as much as
// makes the template write what the model wrote. Where nothing does, it is the template's.
void Conversation::share_spaces(const std::vector<ResponsePart>& parts, Json& turn) const {
  const auto call =
      std::find_if(parts.begin(), parts.end(), [](const ResponsePart& p) { return p.kind == Kind::call; });
  const std::string_view spaces = std::string_view(call->raw).substr(0, call->raw.find_first_not_of(kTextSpaces));
  if (spaces.empty()) return;
  const std::string content = turn.at("content").is_null() ? "" : turn.at("content").as_string();
  const std::string wanted = content + std::string(spaces) + call->raw[spaces.size()];
  for (size_t kept = 0; kept <= spaces.size(); ++kept) {
    Json other = turn;
    if (kept > 0) other["content"] = content + std::string(spaces.substr(0, kept));
    const std::optional<std::string> text = written(other);
    if (!text || text->find(wanted) == std::string::npos) continue;
    turn = std::move(other);
    return;
  }
}

// Is there content behind a call?
static bool goes_on(const std::vector<ResponsePart>& parts) {
  bool called = false;
  return std::any_of(parts.begin(), parts.end(), [&](const ResponsePart& part) {
    called = called || part.kind == Kind::call;
    return called && part.kind == Kind::content;
  });
}

void Conversation::answer(std::string_view text) {
  const std::vector<ResponsePart> parts = split_parts(text, syntax_, !opening_.empty());
  Json turn = turn_of(parts);
  waiting_.clear();
  if (const Json* calls = turn.find("tool_calls")) {
    for (const Json& call : calls->items()) waiting_.push_back(call.at("function").at("name").as_string());
    // Some templates look whether the content beside calls is null, others work on it as on a text.
    bool kept = keeps_calls(turn);
    if (!kept && turn.at("content").is_null()) {
      turn["content"] = "";
      kept = keeps_calls(turn);
    }
    if (goes_on(parts) || !kept)
      turn = Json::object({{"role", "assistant"}, {"content", opening_ + std::string(text)}});
    else
      share_spaces(parts, turn);
  }
  messages_.append(std::move(turn));
}

void Conversation::cut(size_t size) {
  Json kept = Json::array();
  for (size_t i = 0; i < size; ++i) kept.append(messages_.at(i));
  messages_ = std::move(kept);
  waiting_.clear();
}

}  // namespace millet::text
