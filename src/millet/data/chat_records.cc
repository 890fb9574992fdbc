#include "millet/data/chat_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "millet/core/error.h"
#include "millet/io/input_stream.h"
#include "millet/io/json_array.h"
#include "millet/text/chat_template.h"

namespace millet::data {

using io::Json;

static Json message(std::string_view role, Json content) {
  return Json::object({{"role", role}, {"content", std::move(content)}});
}

// A call of a tool, given as JSON text or as an object: {"name", "arguments"}.
static Json tool_call(const Json& value) {
  const Json call = value.is_string() ? Json::parse(value.as_string()) : value;
  Json function = Json::object({{"name", call.at("name").as_string()}});
  if (const Json* arguments = call.find("arguments")) function["arguments"] = *arguments;
  return Json::object({{"type", "function"}, {"function", std::move(function)}});
}

// Tools as OpenAI has them: bare functions are wrapped, text is parsed.
static Json tools_of(const Json& record) {
  const Json* given = record.find("tools");
  if (given == nullptr || given->is_null()) return {};
  if (given->is_string() && given->as_string().empty()) return {};
  const Json list = given->is_string() ? Json::parse(given->as_string()) : *given;
  if (!list.is_array()) given->refuse("is {}: tools are an array", io::name_of(list.kind()));
  if (list.size() == 0) return {};
  Json tools = Json::array();
  for (const Json& tool : list.items())
    tools.append(tool.contains("function") ? tool : Json::object({{"type", "function"}, {"function", tool}}));
  return tools;
}

// ---- messages

// Content in typed parts: {"type": "text" | "reasoning" | "tool_call", "value" or "text"}.
static void read_parts(const Json& parts, Json& to) {
  std::string text, reasoning;
  for (const Json& part : parts.items()) {
    const std::string& type = part.at("type").as_string();
    const Json& value = part.at(part.contains("value") ? "value" : part.contains("text") ? "text" : type);
    if (type == "text") {
      text += value.as_string();
    } else if (type == "reasoning") {
      reasoning += value.as_string();
    } else if (type == "tool_call") {
      to["tool_calls"].append(tool_call(value));
    } else {
      part.at("type").refuse("is '{}': parts are text, reasoning or tool_call", type);
    }
  }
  to["content"] = text;
  if (!reasoning.empty()) to["reasoning_content"] = reasoning;
}

// Whether a turn is learned, as "weight" alone, 0 or absent: by OpenAI's "weight", or by "train", "loss" and the like.
static void read_weight(const Json& given, Json& to) {
  bool learned = true;
  for (const char* key : {"weight", "train", "trainable", "loss"}) {
    const Json* said = given.find(key);
    to.erase(key);
    if (said == nullptr || said->is_null()) continue;
    const double weight = said->is_bool() ? (said->as_bool() ? 1 : 0) : said->as_double();
    if (weight != 0 && weight != 1) said->refuse("is {}: a turn is learned (1) or only given (0)", said->dump());
    learned = learned && weight == 1;
  }
  if (!learned) to["weight"] = 0;
}

static Json read_message(const Json& given) {
  static constexpr std::array<std::string_view, 5> kRoles = {"system", "developer", "user", "assistant", "tool"};
  const std::string& role = given.at("role").as_string();
  if (std::find(kRoles.begin(), kRoles.end(), role) == kRoles.end())
    given.at("role").refuse("is '{}': roles are {}", role, fmt::join(kRoles, ", "));
  Json out = given;
  read_weight(given, out);
  if (const Json* thought = text::thought_of(given); thought != nullptr && thought->is_string())
    out["reasoning_content"] = *thought;
  const Json* content = given.find("content");
  if (content != nullptr && content->is_array()) {
    read_parts(*content, out);
  } else if (content == nullptr || content->is_null()) {
    const bool thinks = !out.string_or("reasoning_content", "").empty();
    if (!given.contains("tool_calls") && !thinks) given.refuse("has neither content nor tool_calls");
    out["content"] = given.contains("tool_calls") ? Json() : Json("");
  } else {
    content->as_string();
  }
  return out;
}

static Json read_messages(const Json& list) {
  Json out = Json::array();
  for (const Json& item : list.items()) out.append(read_message(item));
  return out;
}

// ---- ShareGPT

static Json read_spoken(const Json& turn);

static Json read_turn(const Json& turn) {
  if (!turn.contains("from") && turn.contains("role")) return read_message(turn);
  Json out = read_spoken(turn);
  read_weight(turn, out);
  return out;
}

static Json read_spoken(const Json& turn) {
  const std::string& from = turn.at("from").as_string();
  const Json& value = turn.at("value");
  if (from == "human" || from == "user") return message("user", value.as_string());
  if (from == "gpt" || from == "assistant" || from == "chatgpt") return message("assistant", value.as_string());
  if (from == "system") return message("system", value.as_string());
  if (from == "observation" || from == "tool") return message("tool", value.as_string());
  if (from == "function_call") {
    Json out = message("assistant", "");
    const Json calls = value.is_string() ? Json::parse(value.as_string()) : value;
    if (calls.is_array()) {
      for (const Json& call : calls.items()) out["tool_calls"].append(tool_call(call));
    } else {
      out["tool_calls"].append(tool_call(calls));
    }
    return out;
  }
  turn.at("from").refuse("is '{}': speakers are human, gpt, system, function_call and observation", from);
}

static Json read_conversation(const Json& record) {
  Json out = Json::array();
  if (const std::string system = record.string_or("system", ""); !system.empty()) out.append(message("system", system));
  for (const Json& turn : record.at("conversations").items()) out.append(read_turn(turn));
  return out;
}

// ---- Alpaca

static std::string question_of(const Json& record) {
  const std::string& instruction = record.at("instruction").as_string();
  const std::string input = record.string_or("input", "");
  return input.empty() ? instruction : instruction + "\n" + input;
}

// The question alone: what comes before "output".
static Json read_asked(const Json& record) {
  Json out = Json::array();
  if (const std::string system = record.string_or("system", ""); !system.empty()) out.append(message("system", system));
  if (const Json* history = record.find("history"); history != nullptr && !history->is_null()) {
    for (const Json& pair : history->items()) {
      out.append(message("user", pair.at(size_t{0}).as_string()));
      out.append(message("assistant", pair.at(size_t{1}).as_string()));
    }
  }
  out.append(message("user", question_of(record)));
  return out;
}

static Json read_alpaca(const Json& record) {
  Json out = read_asked(record);
  out.append(message("assistant", record.at("output").as_string()));
  return out;
}

Chat read_chat(const Json& record) {
  if (!record.is_object()) record.refuse("is {}: a chat is an object", io::name_of(record.kind()));
  // A row of a KTO set: an answer of which it is known whether it is liked.
  if (const Json* label = record.find("label"); label != nullptr && label->is_bool() && !label->as_bool())
    label->refuse("is false: the answer is a bad one, not to be learned");
  Json messages;
  if (const Json* list = record.find("messages")) {
    messages = read_messages(*list);
  } else if (record.contains("conversations")) {
    messages = read_conversation(record);
  } else if (record.contains("instruction")) {
    messages = read_alpaca(record);
  } else {
    record.refuse("has none of the keys of a chat: messages, conversations (ShareGPT) or instruction (Alpaca)");
  }
  if (messages.size() == 0) record.refuse("holds no messages");
  return {.messages = std::move(messages), .tools = tools_of(record)};
}

// ---- preferences

// An answer given as text, as ShareGPT's turn, as a message, or as a list whose last is the answer.
static Json answer_of(const Json& given) {
  if (given.is_string()) return message("assistant", given.as_string());
  if (given.is_array()) {
    if (given.size() == 0) given.refuse("is empty: an answer is wanted");
    return answer_of(given.at(given.size() - 1));
  }
  Json out = given.contains("from") ? read_turn(given) : read_message(given);
  if (out.at("role").as_string() != "assistant") given.refuse("is no answer of the assistant");
  return out;
}

// The turns of a transcript as Anthropic's sets have it: "\n\nHuman: …\n\nAssistant: …".
static Json read_transcript(const Json& given) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kSpeakers = {
      {{"\n\nHuman:", "user"}, {"\n\nAssistant:", "assistant"}}};
  const std::string_view text = given.as_string();
  Json out = Json::array();
  for (size_t at = 0; at < text.size();) {
    size_t end = text.size();
    std::string_view role;
    size_t begin = at;
    for (const auto& [mark, who] : kSpeakers) {
      if (text.substr(at).starts_with(mark)) {
        role = who;
        begin = at + mark.size();
      }
      end = std::min(end, text.find(mark, at + 1));
    }
    if (role.empty())
      given.refuse("is no transcript: it begins with neither \"\\n\\nHuman:\" nor \"\\n\\nAssistant:\"");
    if (begin < end && text[begin] == ' ') ++begin;
    out.append(message(role, std::string(text.substr(begin, end - begin))));
    at = end;
  }
  return out;
}

// Both answers with all that stands before them: what they have in common is the chat.
static Preference read_whole_chats(const Json& record) {
  const auto turns = [](const Json& given) {
    return given.is_string() ? read_transcript(given) : read_messages(given);
  };
  const Json &chosen = record.at("chosen"), &rejected = record.at("rejected");
  const Json good = turns(chosen), bad = turns(rejected);
  if (good.size() < 2)
    chosen.refuse("has no question before its answer, and the record has neither prompt nor messages");
  Preference out{.chat = {.messages = Json::array(), .tools = tools_of(record)}};
  for (size_t i = 0; i + 1 < good.size(); ++i) {
    if (i + 1 >= bad.size() || good.at(i) != bad.at(i)) rejected.refuse("answers another chat than chosen does");
    out.chat.messages.append(good.at(i));
  }
  if (bad.size() != good.size()) rejected.refuse("answers another chat than chosen does");
  out.chosen = answer_of(good);
  out.rejected = answer_of(bad);
  return out;
}

Preference read_preference(const Json& record) {
  if (!record.is_object()) record.refuse("is {}: a preference is an object", io::name_of(record.kind()));
  Preference out;
  if (const Json* prompt = record.find("prompt")) {
    out.chat.messages =
        prompt->is_string() ? Json::array({message("user", prompt->as_string())}) : read_messages(*prompt);
    out.chat.tools = tools_of(record);
  } else if (record.contains("instruction")) {
    out.chat = {.messages = read_asked(record), .tools = tools_of(record)};
  } else if (record.contains("messages") || record.contains("conversations")) {
    out.chat = read_chat(record);
  } else {
    return read_whole_chats(record);
  }
  out.chosen = answer_of(record.at("chosen"));
  out.rejected = answer_of(record.at("rejected"));
  return out;
}

// take(record, place) for each record of the file, in order; what is no JSON goes to `bad`.
template <class Take>
static void each_record(const std::filesystem::path& file, std::vector<BadRecord>& bad, Take take) {
  constexpr size_t kLongest = size_t{1} << 26;
  const std::string name = file.string();
  const auto record = [&](const std::string& place, bool too_long, auto parse) {
    try {
      require(!too_long, "{}: is longer than 64 MiB", place);
      take(parse(), place);
    } catch (const Error& e) {
      bad.push_back({place, e.what()});
    }
  };
  io::InputStream in(file);
  if (io::begins_as_array(in)) {
    io::JsonArrayReader reader(in, kLongest);
    for (io::JsonArrayReader::Item item; reader.next(item);) {
      const std::string place = fmt::format("{}: [{}]", name, item.index);
      record(place, item.too_long, [&] { return Json::parse_leniently(item.text, place); });
    }
    if (!reader.whole()) bad.push_back({name, fmt::format("{}: its array does not end where the file does", name)});
    return;
  }
  io::LineReader reader(in, kLongest);
  for (io::LineReader::Line line; reader.next(line);) {
    if (line.number == 1 && line.text.starts_with(io::kByteOrderMark)) line.text.erase(0, io::kByteOrderMark.size());
    if (line.text.find_first_not_of(" \t\r") == std::string::npos) continue;
    record(fmt::format("{}:{}", name, line.number), line.too_long,
           [&] { return Json::parse_leniently(line.text, name, line.number); });
  }
}

Records<Chat> read_chats(const std::filesystem::path& file) {
  Records<Chat> out;
  each_record(file, out.bad, [&](const Json& record, const std::string& place) {
    out.good.push_back(read_chat(record));
    out.good.back().place = place;
  });
  return out;
}

Records<Preference> read_preferences(const std::filesystem::path& file) {
  Records<Preference> out;
  each_record(file, out.bad, [&](const Json& record, const std::string& place) {
    out.good.push_back(read_preference(record));
    out.good.back().chat.place = place;
  });
  return out;
}

}  // namespace millet::data
