#include "millet/text/chat_lessons.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "millet/core/error.h"
#include "millet/text/jinja/budget.h"
#include "millet/text/jinja/to_json.h"
#include "millet/text/jinja/value.h"
#include "millet/text/thinking.h"

namespace millet::text {

using io::Json;

namespace {

// One turn of the assistant: the text before it and its own, both guarded.
struct Turn {
  std::string before;
  std::string said;
  std::string content;       // that of the message
  bool by_template = false;  // `said` is what the template writes
  bool learned = true;
};

std::string trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin));
}

bool calls_tools(const Json& message) {
  const Json* calls = message.find("tool_calls");
  return calls != nullptr && calls->is_array() && calls->size() > 0;
}

// Does a turn say nothing, neither a text nor a thought nor a call?
bool says_nothing(const Json& message) {
  return trimmed(message.string_or("content", "")).empty() &&
         trimmed(message.string_or("reasoning_content", "")).empty() && !calls_tools(message);
}

// A thought that is given apart, as it stands before the content; "" where there is none.
std::string thought_apart(const Json& message) {
  const std::string thought = message.string_or("reasoning_content", "");
  return thought.empty() ? "" : std::string(kThink) + "\n" + thought + "\n" + std::string(kThinkEnd) + "\n\n";
}

class Cutter {
 public:
  Cutter(const ChatPrompt& prompt, const Json& messages, const ChatOptions& options)
      : prompt_(prompt), messages_(messages), options_(options), guard_(ChatPrompt::guard_for(messages, options)) {}

  std::string render(size_t count, bool ask) const {
    Json part = Json::array();
    for (size_t i = 0; i < count; ++i) part.append(messages_.at(i));
    return render(part, ask);
  }

  // Does the template write the calls of a turn? One that knows no tools writes the same without them.
  bool writes_calls(size_t at) const {
    Json part = Json::array();
    for (size_t i = 0; i <= at; ++i) part.append(messages_.at(i));
    part[at].erase("tool_calls");
    try {
      return render(part, false) != render(at + 1, false);
    } catch (const Error&) {
      return true;  // it looks at what is left
    }
  }

  Turn turn(size_t at) const {
    const Json& message = messages_.at(at);
    const std::string whole = render(at + 1, false), before = before_turn(at, whole);
    if (std::optional<Turn> written = by_template(message, whole, before)) return *std::move(written);
    // The generation prompt may have opened a thought.
    const std::string_view open = std::string_view(before).substr(0, before.find_last_not_of(" \n") + 1);
    const bool opened = open.ends_with(kThink);
    const std::string_view shut = opened ? open.substr(0, open.size() - kThink.size()) : std::string_view(before);
    const std::string thought = thought_apart(message), words = thought + message.string_or("content", "");
    Turn out{.before = before, .said = prompt_.guard_answer(words, guard_)};
    if (calls_tools(message) && !thought.empty()) {  // the template writes the call, and no thought before it
      Json bare = message;
      bare.erase("reasoning_content");
      std::optional<Turn> written = by_template(bare, whole, shut);
      if (!written) return out;
      out.said = prompt_.guard_answer(thought, guard_) + written->said;
      out.by_template = true;
    } else if (opened && words.find(kThinkEnd) == std::string::npos) {  // an answer without one, as the template has it
      if (std::optional<Turn> written = by_template(message, whole, shut)) return *std::move(written);
    }
    if (opened && out.said.starts_with(kThink)) {
      out.said.erase(0, kThink.size());
      if (out.before.ends_with('\n') && out.said.starts_with('\n')) out.said.erase(0, 1);
    }
    return out;
  }

  // The ids of a turn's own text: up to and with the last end token, or with one put behind where the template writes
  // none behind the content.
  std::vector<int32_t> said(const Turn& turn, std::span<const int32_t> ends, std::span<const int32_t> before) const {
    std::vector<int32_t> ids = encode(turn.said, before);
    const auto is_end = [&](int32_t id) {
      const AddedToken* token = prompt_.tokenizer().added(id);
      return std::find(ends.begin(), ends.end(), id) != ends.end() || (token != nullptr && token->special);
    };
    const auto last = turn.by_template ? std::find_if(ids.rbegin(), ids.rend(), is_end) : ids.rend();
    const auto holds_content = [&](std::span<const int32_t> rest) {  // then the end is that of its role's mark
      return !turn.content.empty() && prompt_.tokenizer().decode(rest).find(turn.content) != std::string::npos;
    };
    if (last != ids.rend() && !holds_content({last.base(), ids.end()}))
      ids.erase(last.base(), ids.end());
    else if (!ends.empty())
      ids.push_back(ends.front());
    return ids;
  }

  // Is an end put behind what the template writes?
  bool lacks_end(const Turn& turn, std::span<const int32_t> ends) const {
    return said(turn, ends, {}).size() > encode(turn.said, {}).size();
  }

  std::vector<int32_t> encode(std::string_view text, std::span<const int32_t> before) const {
    return prompt_.encode(text, guard_, before);
  }

 private:
  // What stands before a turn. A template that refuses no messages at all writes it before the content of the first.
  std::string before_turn(size_t at, const std::string& whole) const {
    try {
      return render(at, true);
    } catch (const Error&) {
      const std::string content = trimmed(prompt_.guard_answer(messages_.at(at).string_or("content", ""), guard_));
      const size_t begin = content.empty() ? std::string::npos : whole.find(content);
      if (at > 0 || begin == std::string::npos) throw;
      return whole.substr(0, begin);
    }
  }

  // The turn as the template writes it behind `before`; nothing where it writes it otherwise, or not whole.
  std::optional<Turn> by_template(const Json& message, const std::string& whole, std::string_view before) const {
    if (!whole.starts_with(before)) return std::nullopt;
    Turn out{.before = std::string(before), .said = whole.substr(before.size()), .by_template = true};
    out.content = trimmed(message.string_or("content", ""));
    for (const char* part : {"content", "reasoning_content"}) {
      const std::string text = trimmed(prompt_.guard_answer(message.string_or(part, ""), guard_));
      if (out.said.find(text) == std::string::npos) return std::nullopt;
    }
    return out;
  }

  std::string render(const Json& messages, bool ask) const {
    ChatOptions options = options_;
    options.add_generation_prompt = ask;
    return prompt_.render(messages, options, guard_).guarded;
  }

  const ChatPrompt& prompt_;
  const Json& messages_;
  const ChatOptions& options_;
  MarkGuard guard_;
};

void add(Lesson& lesson, const std::vector<int32_t>& ids, uint8_t said) {
  lesson.ids.insert(lesson.ids.end(), ids.begin(), ids.end());
  lesson.said.insert(lesson.said.end(), ids.size(), said);
}

// An object for the text of one, or the text of an object; anything else as it is.
Json arguments_as(const Json& arguments, bool text) {
  if (text && arguments.is_object()) {
    jinja::Budget budget{jinja::Limits{}};
    return jinja::to_json(jinja::Value::from_json(arguments), {}, budget);
  }
  if (text || !arguments.is_string()) return arguments;
  try {
    Json parsed = Json::parse(arguments.as_string());
    return parsed.is_object() ? parsed : arguments;
  } catch (const Error&) {
    return arguments;
  }
}

// What stands beside calls where a message has no content.
enum class NoContent : unsigned char { as_given, null, empty };

// The messages with the arguments of their calls, and no content beside them, each in one form.
Json in_form(Json messages, bool text, NoContent beside) {
  for (size_t i = 0; i < messages.size(); ++i) {
    if (!calls_tools(messages.at(i))) continue;
    if (beside != NoContent::as_given && messages.at(i).string_or("content", "").empty())
      messages[i]["content"] = beside == NoContent::null ? Json() : Json("");
    Json& calls = messages[i]["tool_calls"];
    for (size_t k = 0; k < calls.size(); ++k) {
      const Json* function = calls.at(k).find("function");
      if (function == nullptr || !function->contains("arguments")) continue;
      Json& arguments = calls[k]["function"]["arguments"];
      arguments = arguments_as(arguments, text);
    }
  }
  return messages;
}

Json without_calls(Json messages) {
  for (size_t i = 0; i < messages.size(); ++i) messages[i].erase("tool_calls");
  return messages;
}

// Does the template take these messages, and write their calls?
bool writes(const ChatPrompt& prompt, const Json& messages, const ChatOptions& options) {
  std::string text;
  try {
    text = prompt.render(messages, options).text;
  } catch (const Error&) {
    return false;
  }
  try {
    return prompt.render(without_calls(messages), options).text != text;
  } catch (const Error&) {
    return true;  // it looks at what is left
  }
}

// Templates write the arguments of a call as JSON, of an object, or add them as text: DeepSeek's. Data sets have them
// in either form (OpenAI's as text): each template is given what it can write. Some look whether the content beside
// calls is null, others add it to a text.
Json as_the_template_writes(const ChatPrompt& prompt, const Json& messages, const ChatOptions& options) {
  bool calls = false;
  for (size_t i = 0; i < messages.size(); ++i) calls = calls || calls_tools(messages.at(i));
  if (!calls) return messages;
  for (const NoContent beside : {NoContent::as_given, NoContent::null, NoContent::empty}) {
    for (const bool text : {false, true}) {
      Json form = in_form(messages, text, beside);
      if (writes(prompt, form, options)) return form;
    }
  }
  return in_form(messages, false, NoContent::as_given);
}

}  // namespace

std::vector<Lesson> lessons(const ChatPrompt& prompt, const Json& given, const ChatOptions& options,
                            std::span<const int32_t> ends) {
  const Json messages = as_the_template_writes(prompt, given, options);
  const Cutter cutter(prompt, messages, options);
  std::vector<Turn> turns;
  for (size_t i = 0; i < messages.size(); ++i) {
    const Json& message = messages.at(i);
    if (message.at("role").as_string() != "assistant") continue;
    const bool learned = !message.contains("weight") || message.at("weight").as_double() != 0;
    require(!learned || !says_nothing(message), "turn {} of the chat is the assistant's and empty: there is no answer",
            i + 1);
    turns.push_back(cutter.turn(i));
    turns.back().learned = learned;
    // In its own words, where the template's are not taken, a turn has no calls.
    require(!learned || !calls_tools(message) || (turns.back().by_template && cutter.writes_calls(i)),
            "turn {} of the chat calls a tool, and the chat template does not write that as an answer", i + 1);
  }
  require(std::any_of(turns.begin(), turns.end(), [](const Turn& turn) { return turn.learned; }),
          "the chat has no turn of the assistant{}: there is nothing to learn",
          turns.empty() ? "" : " with a weight above 0");

  // Each turn goes on from the text of the one before: one lesson.
  bool one = true;
  for (size_t i = 0; i + 1 < turns.size(); ++i)
    one = one && turns[i].by_template && turns[i + 1].before.starts_with(turns[i].before + turns[i].said) &&
          !cutter.lacks_end(turns[i], ends);
  std::vector<Lesson> out;
  if (!one) {
    for (const Turn& turn : turns) {
      if (!turn.learned) continue;
      Lesson& lesson = out.emplace_back();
      add(lesson, cutter.encode(turn.before, {}), 0);
      add(lesson, cutter.said(turn, ends, lesson.ids), 1);
    }
    return out;
  }
  Lesson& lesson = out.emplace_back();
  size_t done = 0;  // characters of the text that stand in the lesson
  for (const Turn& turn : turns) {
    add(lesson, cutter.encode(std::string_view(turn.before).substr(done), lesson.ids), 0);
    const std::vector<int32_t> said = cutter.said(turn, ends, lesson.ids), all = cutter.encode(turn.said, lesson.ids);
    add(lesson, said, turn.learned ? 1 : 0);
    done = turn.before.size() + turn.said.size();
    // What the template writes behind the end token, as a line break, is given and not said.
    if (&turn != &turns.back() && turn.by_template && all.size() > said.size())
      add(lesson, {all.begin() + static_cast<std::ptrdiff_t>(said.size()), all.end()}, 0);
  }
  return out;
}

}  // namespace millet::text
