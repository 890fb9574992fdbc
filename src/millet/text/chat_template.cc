#include "millet/text/chat_template.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <utility>

#include "millet/io/file.h"
#include "millet/text/jinja/evaluator.h"
#include "millet/text/jinja/parser.h"
#include "millet/text/jinja/scopes.h"

namespace millet::text {

struct ChatTemplate::Parsed {
  explicit Parsed(jinja::Template parsed) : tree(std::move(parsed)), names(jinja::names_wanted(tree)) {}
  jinja::Template tree;
  std::set<std::string> names;
};

static std::tm this_moment() {
  const std::time_t seconds = std::time(nullptr);
  std::tm out{};
  localtime_r(&seconds, &out);
  return out;
}

// With the days of the week and the year that its date has.
static std::tm completed(std::tm moment) {
  timegm(&moment);
  return moment;
}

ChatTemplate::ChatTemplate(std::string_view source) {
  try {
    parsed_ = std::make_unique<const Parsed>(jinja::parse(source));
  } catch (const Error& error) {
    throw error.within("chat template");
  }
}
ChatTemplate::ChatTemplate(ChatTemplate&&) noexcept = default;
ChatTemplate& ChatTemplate::operator=(ChatTemplate&&) noexcept = default;
ChatTemplate::~ChatTemplate() = default;

static constexpr std::string_view kDefaultFile = "chat_template.jinja", kFurtherFolder = "additional_chat_templates";

// "chat_template" is a text, or a list of {"name", "template"}.
static std::string source_in(const io::Json& config, std::string_view name) {
  const io::Json* found = config.find("chat_template");
  require(found != nullptr && !found->is_null(), "{} holds no \"chat_template\"", config.source());
  if (!found->is_array()) return found->as_string();
  for (const std::string_view wanted : {name, std::string_view("default")}) {
    for (const io::Json& row : found->items()) {
      if (row.at("name").as_string() == wanted) return row.at("template").as_string();
    }
  }
  found->refuse("holds no template '{}' and none called 'default'", name);
}

std::string ChatTemplate::source(const std::filesystem::path& path, std::string_view name) {
  if (!std::filesystem::is_directory(path))
    return path.extension() == ".json" ? source_in(io::read_json(path), name) : io::read_file(path);
  const std::filesystem::path file = path / kDefaultFile, config = path / "tokenizer_config.json";
  const std::filesystem::path named = path / kFurtherFolder / fmt::format("{}.jinja", name);
  if (io::is_there(named)) return io::read_file(named);
  if (io::is_there(file)) return io::read_file(file);
  require(io::is_there(config), "{} holds neither chat_template.jinja nor tokenizer_config.json", path.string());
  return source_in(io::read_json(config), name);
}

io::Json ChatTemplate::several_in(const std::filesystem::path& directory, const io::Json& config) {
  if (!std::filesystem::is_directory(directory / kFurtherFolder)) return {};
  std::map<std::string, io::Json> templates;  // by name
  if (const io::Json* known = config.find("chat_template"); known != nullptr && known->is_string()) {
    templates["default"] = *known;
  } else if (known != nullptr && known->is_array()) {
    for (const io::Json& row : known->items()) templates[row.at("name").as_string()] = row.at("template");
  }
  if (io::is_there(directory / kDefaultFile)) templates["default"] = io::read_file(directory / kDefaultFile);
  for (const std::filesystem::directory_entry& entry :
       std::filesystem::directory_iterator(directory / kFurtherFolder)) {
    if (entry.path().extension() == ".jinja") templates[entry.path().stem().string()] = io::read_file(entry.path());
  }
  io::Json list = io::Json::array();
  for (const auto& [name, text] : templates) list.append(io::Json::object({{"name", name}, {"template", text}}));
  return templates.empty() ? io::Json() : list;
}

io::Json further_tokens(const io::Json& config) {
  io::Json out = io::Json::object();
  auto add = [&](std::string_view name, const io::Json& token) {
    const io::Json& content = token.is_object() ? token.at("content") : token;
    if (content.is_string()) out[name] = content;
  };
  for (const std::string_view name : {"unk_token", "sep_token", "pad_token", "cls_token", "mask_token"}) {
    if (const io::Json* token = config.find(name)) add(name, *token);
  }
  const io::Json* named = config.find("extra_special_tokens");
  if (named != nullptr && named->is_object()) {
    for (const auto& [name, token] : named->members()) add(name, token);
  }
  return out;
}

const io::Json* thought_of(const io::Json& message) {
  for (const std::string_view name : {"reasoning_content", "thinking", "reasoning"}) {
    if (const io::Json* said = message.find(name); said != nullptr && !said->is_null()) return said;
  }
  return nullptr;
}

// Each message with its thoughts under the names that templates read, as `transformers` gives it to them.
static io::Json with_thoughts(const io::Json& messages) {
  if (!messages.is_array()) return messages;
  io::Json out = io::Json::array();
  for (const io::Json& message : messages.items()) {
    const io::Json* thoughts = thought_of(message);
    if (thoughts == nullptr) {
      out.append(message);
      continue;
    }
    io::Json named = io::Json::object({{"thinking", *thoughts}});  // in the order that it has there
    for (const auto& [name, value] : message.members()) {
      if (name != "thinking" || !value.is_null()) named[name] = value;
    }
    named["reasoning_content"] = *thoughts;
    out.append(std::move(named));
  }
  return out;
}

ChatTemplate ChatTemplate::load(const std::filesystem::path& path, std::string_view name) {
  return ChatTemplate(source(path, name));
}

bool ChatTemplate::reads(const std::string& name) const {
  return parsed_->names.contains(name);
}

std::string ChatTemplate::render(const io::Json& messages, const ChatOptions& options) const {
  jinja::Evaluator::Variables variables;
  auto set = [&](std::string_view name, jinja::Value value) {
    variables.insert_or_assign(std::string(name), std::move(value));
  };
  set("messages", jinja::Value::from_json(with_thoughts(messages)));
  set("tools", jinja::Value::from_json(options.tools));
  set("documents", jinja::Value::none());  // as `transformers` does where there are none
  set("add_generation_prompt", options.add_generation_prompt);
  for (const auto& [name, token] : options.tokens.members()) set(name, jinja::Value::from_json(token));
  if (options.bos_token) set("bos_token", *options.bos_token);
  if (options.eos_token) set("eos_token", *options.eos_token);
  for (const auto& [key, value] : options.extra.members()) set(key, jinja::Value::from_json(value));
  try {
    return jinja::Evaluator(parsed_->tree, variables, options.now ? completed(*options.now) : this_moment(),
                            options.limits)
        .run();
  } catch (const Error& error) {
    throw error.within("chat template");
  }
}

}  // namespace millet::text
