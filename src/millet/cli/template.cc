// millet template render FILE|DIR --jsonl IN: chats to the text that a model is given, line by line.
#include <algorithm>
#include <ctime>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "millet/cli/command.h"
#include "millet/cli/json_lines.h"
#include "millet/core/error.h"
#include "millet/core/nearest.h"
#include "millet/io/file.h"
#include "millet/io/json.h"
#include "millet/text/chat_template.h"
#include "millet/text/configured_tokens.h"
#include "millet/text/tokenizer.h"

namespace millet::cli {

namespace {

// What a directory says of its tokens; a line of the input may say otherwise.
struct Tokens {
  std::optional<std::string> bos, eos;
  io::Json others = io::Json::object();
};

Tokens tokens_of(const std::filesystem::path& path) {
  const bool is_directory = std::filesystem::is_directory(path);
  if (!is_directory && path.extension() != ".json") return {};
  const io::Json json = is_directory ? text::read_tokenizer_config(path) : io::read_json(path);
  if (json.is_null()) return {};
  return {text::role_in(json, "bos_token"), text::role_in(json, "eos_token"), text::further_tokens(json)};
}

// "2024-07-26" or "2024-07-26T18:30:00", with a space in place of the T if you like.
std::tm moment(const io::Json& json) {
  const std::string& text = json.as_string();
  std::tm out{};
  const char* rest = strptime(text.c_str(), "%Y-%m-%d", &out);
  if (rest != nullptr && (*rest == 'T' || *rest == ' ')) rest = strptime(rest + 1, "%H:%M:%S", &out);
  // What is no day of the calendar (2023-02-29) would be counted on from one that is.
  std::tm counted = out;
  timegm(&counted);
  const bool is_date = out.tm_year > -1900 && out.tm_year <= 9999 - 1900 && counted.tm_mday == out.tm_mday &&
                       counted.tm_mon == out.tm_mon && counted.tm_sec == out.tm_sec;
  if (rest == nullptr || *rest != '\0' || !is_date) json.refuse("must be a date as 2024-07-26, is '{}'", text);
  return out;
}

// Keys of a line's own, as an id, are passed over, but for what was meant to be one of ours or the template's.
void check_keys(const io::Json& line, const text::ChatTemplate& chat) {
  static const std::vector<std::string> known = {"messages", "tools", "add_generation_prompt", "bos_token", "eos_token",
                                                 "now",      "extra"};
  for (const auto& [key, value] : line.members()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    if (chat.reads(key)) value.refuse("is no key of a line, and the template reads it: put it into \"extra\"");
    const std::string meant = nearest(key, known, std::clamp<size_t>(key.size() / 4, 1, 2));
    if (!meant.empty()) value.refuse("is no key of a line: did you mean '{}'?", meant);
  }
}

// A model may have a template of its own for chats with tools.
struct Templates {
  explicit Templates(const std::filesystem::path& path)
      : plain(text::ChatTemplate::load(path)),
        with_tools(text::ChatTemplate::load(path, "tool_use")),
        tokens(tokens_of(path)) {}
  text::ChatTemplate plain, with_tools;
  Tokens tokens;
};

std::string rendered(const Templates& templates, const io::Json& line) {
  text::ChatOptions options{.add_generation_prompt = line.bool_or("add_generation_prompt", false),
                            .bos_token = templates.tokens.bos,
                            .eos_token = templates.tokens.eos,
                            .tokens = templates.tokens.others};
  if (const io::Json* tools = line.find("tools")) options.tools = *tools;
  if (line.contains("bos_token")) options.bos_token = text::role_in(line, "bos_token");
  if (line.contains("eos_token")) options.eos_token = text::role_in(line, "eos_token");
  if (const io::Json* now = line.find("now"); now != nullptr && !now->is_null()) options.now = moment(*now);
  if (const io::Json* extra = line.find("extra"); extra != nullptr && !extra->is_null()) {
    if (!extra->is_object()) extra->refuse("is {}, not an object", io::name_of(extra->kind()));
    options.extra = *extra;
  }
  const text::ChatTemplate& chat = options.tools.is_null() ? templates.plain : templates.with_tools;
  check_keys(line, chat);
  const io::Json& messages = line.at("messages");
  for (const io::Json& message : messages.items()) message.members();  // throws where it is no list of objects
  return chat.render(messages, options);
}

int run_template(const Arguments& args) {
  const std::string action = args.text("ACTION");
  require(action == "render", "millet template: unknown action '{}': there is `millet template render`", action);
  const Templates templates(args.path("TEMPLATE"));
  answer_json_lines(args.text("jsonl"), [&](const io::Json& line) {
    return io::Json::object({{"rendered", rendered(templates, line)}});
  });
  return 0;
}

}  // namespace

extern const Command template_command;
const Command template_command{
    .name = "template",
    .summary = "chats as the text that a model is given: its chat template, rendered",
    .positionals = {{"ACTION", "render"},
                    {"TEMPLATE", "a file of Jinja, a tokenizer_config.json, or a directory that holds one of them"}},
    .options = {{"--jsonl", "IN",
                 "chats, one a line, -: standard input: {\"messages\", \"tools\", \"add_generation_prompt\", "
                 "\"bos_token\", \"eos_token\", "
                 "\"now\", \"extra\"}; for each a line {\"rendered\"} or {\"error\"} is printed"}},
    .examples = {"millet template render models/qwen --jsonl chats.jsonl"},
    .run = run_template};

}  // namespace millet::cli
