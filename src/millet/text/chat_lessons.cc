#include "millet/text/chat_lessons.h"

#include <algorithm>

#include "millet/core/error.h"
#include "millet/text/thinking.h"

namespace millet::text {

using io::Json;

namespace {

// One turn of the assistant: the text before it and its own, both guarded.
struct Turn {
  std::string before;
  std::string said;
  bool by_template = false;  // `said` is what the template writes
  bool learned = true;
};

std::string trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin));
}

// Does a turn say nothing, neither a text nor a thought nor a call?
bool says_nothing(const Json& message) {
  const Json* calls = message.find("tool_calls");
  return trimmed(message.string_or("content", "")).empty() &&
         trimmed(message.string_or("reasoning_content", "")).empty() &&
         (calls == nullptr || !calls->is_array() || calls->size() == 0);
}

// The turn in its own words: the thought, where it is given apart, and the content.
std::string own_words(const Json& message) {
  const std::string thought = message.string_or("reasoning_content", ""), content = message.string_or("content", "");
  if (thought.empty()) return content;
  return std::string(kThink) + "\n" + thought + "\n" + std::string(kThinkEnd) + "\n\n" + content;
}

class Cutter {
 public:
  Cutter(const ChatPrompt& prompt, const Json& messages, const ChatOptions& options)
      : prompt_(prompt), messages_(messages), options_(options), guard_(ChatPrompt::guard_for(messages, options)) {}

  std::string render(size_t count, bool ask) const {
    Json part = Json::array();
    for (size_t i = 0; i < count; ++i) part.append(messages_.at(i));
    ChatOptions options = options_;
    options.add_generation_prompt = ask;
    return prompt_.render(part, options, guard_).guarded;
  }

  Turn turn(size_t at) const {
    Turn out;
    out.before = render(at, true);
    const std::string whole = render(at + 1, false);
    const Json& message = messages_.at(at);
    if (whole.starts_with(out.before)) {
      out.said = whole.substr(out.before.size());
      const std::string content = trimmed(prompt_.guard_answer(message.string_or("content", ""), guard_));
      const std::string thought = trimmed(prompt_.guard_answer(message.string_or("reasoning_content", ""), guard_));
      out.by_template = out.said.find(content) != std::string::npos && out.said.find(thought) != std::string::npos;
    }
    if (out.by_template) return out;
    out.said = prompt_.guard_answer(own_words(message), guard_);
    // The generation prompt may have opened the thought already.
    std::string_view end = out.before;
    end.remove_suffix(end.size() - (end.find_last_not_of(" \n") + 1));
    if (end.ends_with(kThink) && out.said.starts_with(kThink)) {
      out.said.erase(0, kThink.size());
      if (out.before.ends_with('\n') && out.said.starts_with('\n')) out.said.erase(0, 1);
    }
    return out;
  }

  // The ids of a turn's own text: up to and with the last end token, or with one put behind.
  std::vector<int32_t> said(const Turn& turn, std::span<const int32_t> ends, std::span<const int32_t> before) const {
    std::vector<int32_t> ids = encode(turn.said, before);
    const auto is_end = [&](int32_t id) {
      const AddedToken* token = prompt_.tokenizer().added(id);
      return std::find(ends.begin(), ends.end(), id) != ends.end() || (token != nullptr && token->special);
    };
    if (turn.by_template) {
      const auto last = std::find_if(ids.rbegin(), ids.rend(), is_end);
      if (last != ids.rend()) ids.erase(last.base(), ids.end());
    } else if (!ends.empty()) {
      ids.push_back(ends.front());
    }
    return ids;
  }

  std::vector<int32_t> encode(std::string_view text, std::span<const int32_t> before) const {
    return prompt_.encode(text, guard_, before);
  }

 private:
  const ChatPrompt& prompt_;
  const Json& messages_;
  const ChatOptions& options_;
  std::string guard_;
};

void add(Lesson& lesson, const std::vector<int32_t>& ids, uint8_t said) {
  lesson.ids.insert(lesson.ids.end(), ids.begin(), ids.end());
  lesson.said.insert(lesson.said.end(), ids.size(), said);
}

}  // namespace

std::vector<Lesson> lessons(const ChatPrompt& prompt, const Json& messages, const ChatOptions& options,
                            std::span<const int32_t> ends) {
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
  }
  require(std::any_of(turns.begin(), turns.end(), [](const Turn& turn) { return turn.learned; }),
          "the chat has no turn of the assistant{}: there is nothing to learn",
          turns.empty() ? "" : " with a weight above 0");

  // Each turn goes on from the text of the one before: one lesson.
  bool one = true;
  for (size_t i = 0; i + 1 < turns.size(); ++i)
    one = one && turns[i].by_template && turns[i + 1].before.starts_with(turns[i].before + turns[i].said);
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
