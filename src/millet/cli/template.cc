// millet template render FILE|DIR --jsonl IN: chats to the text that a model is given, line by line.
#include <filesystem>
#include <optional>

#include "millet/cli/command.h"
#include "millet/cli/json_lines.h"
#include "millet/io/file.h"
#include "millet/io/json.h"
#include "millet/text/chat_template.h"
#include "millet/text/tokenizer.h"

namespace millet::cli {

namespace {

// What a directory says of its tokens; a line of the input may say otherwise.
struct Tokens {
  std::optional<std::string> bos, eos;
};

Tokens tokens_of(const std::filesystem::path& path) {
  const std::filesystem::path config = std::filesystem::is_directory(path) ? path / "tokenizer_config.json" : path;
  if (config.extension() != ".json" || !io::is_there(config)) return {};
  const io::Json json = io::read_json(config);
  return {text::role_in(json, "bos_token"), text::role_in(json, "eos_token")};
}

// "2024-07-26" or "2024-07-26T18:30:00", with a space in place of the T if you like.
std::tm moment(const io::Json& json) {
  const std::string& text = json.as_string();
  std::tm out{};
  const char* rest = strptime(text.c_str(), "%Y-%m-%d", &out);
  if (rest != nullptr && (*rest == 'T' || *rest == ' ')) rest = strptime(rest + 1, "%H:%M:%S", &out);
  if (rest == nullptr || *rest != '\0') json.refuse("must be a date as 2024-07-26, is '{}'", text);
  return out;
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
                            .eos_token = templates.tokens.eos};
  if (const io::Json* tools = line.find("tools")) options.tools = *tools;
  if (line.contains("bos_token")) options.bos_token = text::role_in(line, "bos_token");
  if (line.contains("eos_token")) options.eos_token = text::role_in(line, "eos_token");
  if (const io::Json* now = line.find("now"); now != nullptr && !now->is_null()) options.now = moment(*now);
  if (const io::Json* extra = line.find("extra"); extra != nullptr && !extra->is_null()) options.extra = *extra;
  const text::ChatTemplate& chat = options.tools.is_null() ? templates.plain : templates.with_tools;
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
