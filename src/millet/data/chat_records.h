// Chats as people keep them, in one form: messages as a chat template takes them. Three layouts, told by their keys:
//   messages   {"messages": [{"role", "content", "weight"?}, …], "tools"?}                            OpenAI, TRL
//   ShareGPT   {"conversations": [{"from": "human" | "gpt" | …, "value"}, …], "system"?, "tools"?}
//   Alpaca     {"instruction", "input"?, "output", "system"?, "history"?: [[question, answer], …]}
// in a JSON file that is one array, or in JSON lines; gzip and zstd are opened.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "millet/io/json.h"

namespace millet::data {

struct Chat {
  io::Json messages;  // [{"role": "system" | "user" | "assistant" | "tool", "content", …}]
  io::Json tools;     // [{"type": "function", "function": {…}}]; null: none
  std::string place;  // of the record: "chats.jsonl:17", "chats.json: [17]"; empty where it is of no file
};

// Throws Error naming place and key: none of the layouts, an unknown speaker, a turn without text, an
// answer labelled as bad ("label": false, as in KTO sets).
Chat read_chat(const io::Json& record);

// Two answers to one chat, the first preferred: {"conversations", "chosen", "rejected"} of ShareGPT, {"instruction",
// "input"?, "chosen", "rejected"} of Alpaca, or {"prompt", "chosen", "rejected"} of TRL, the answers as texts or as
// messages (which may repeat the prompt); or {"chosen", "rejected"} alone, each a whole chat in messages or a
// transcript
// "\n\nHuman: …\n\nAssistant: …" as Anthropic's.
struct Preference {
  Chat chat;                  // up to the answer
  io::Json chosen, rejected;  // a message each
};
Preference read_preference(const io::Json& record);

// A record that could not be taken, and why.
struct BadRecord {
  std::string place;
  std::string reason;
};

// All records of a file, in order. What is no JSON or no such record is left out and told. Throws Error: the file is
// missing, or an archive that is broken.
template <class Record>
struct Records {
  std::vector<Record> good;
  std::vector<BadRecord> bad;
};
Records<Chat> read_chats(const std::filesystem::path& file);
Records<Preference> read_preferences(const std::filesystem::path& file);

}  // namespace millet::data
