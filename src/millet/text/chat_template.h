// Chat templates: messages → the text that a model is given, as `transformers`' apply_chat_template writes it.
//
// The template is a program in Jinja that comes with the model. Jinja 3.1.6 is the judge of what it means; text/jinja
// runs it. It sees the data it is given and nothing else, and it cannot run for long or make much: see jinja/budget.h.
#pragma once

#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "millet/io/json.h"
#include "millet/text/jinja/budget.h"

namespace millet::text {

struct ChatOptions {
  io::Json tools;  // an array of tools as OpenAI has them; null: none
  bool add_generation_prompt = false;
  std::optional<std::string> bos_token, eos_token;  // absent: undefined to the template
  io::Json tokens = io::Json::object();             // the others by name: further_tokens()
  std::optional<std::tm> now;                       // what strftime_now sees; absent: this moment, local time
  io::Json extra = io::Json::object();              // further variables ("documents", "enable_thinking")
  jinja::Limits limits;
};

// The special tokens beside those of the beginning and end that a tokenizer_config.json names: {"pad_token": "<pad>"}.
io::Json further_tokens(const io::Json& config);

// What a message thought, under the first of the names "reasoning_content", "thinking" and "reasoning" that it has; a
// null pointer: nothing.
const io::Json* thought_of(const io::Json& message);

class ChatTemplate {
 public:
  // Throws Error "chat template: line N: what" where it is no template.
  explicit ChatTemplate(std::string_view source);
  ChatTemplate(ChatTemplate&&) noexcept;
  ChatTemplate& operator=(ChatTemplate&&) noexcept;
  ~ChatTemplate();

  // From a file of Jinja, a tokenizer_config.json, or a directory: its additional_chat_templates/NAME.jinja, else its
  // chat_template.jinja, else "chat_template" in its tokenizer_config.json. Where there are several by name, the one
  // called `name`, else "default". Throws Error: there is none.
  static ChatTemplate load(const std::filesystem::path& path, std::string_view name = "default");
  // The text of that template.
  static std::string source(const std::filesystem::path& path, std::string_view name = "default");

  // Where a directory has additional_chat_templates: all its templates, those of its tokenizer_config.json (`config`)
  // and its chat_template.jinja among them, as such a file lists several: [{"name", "template"}]; else null.
  static io::Json several_in(const std::filesystem::path& directory, const io::Json& config);

  // Does it look for a variable of this name in what it is given?
  bool reads(const std::string& name) const;

  // The messages are an array of {"role", "content", …}. What a message thought is "reasoning_content", "thinking" or
  // "reasoning"; the template finds it by the first two. Throws Error "chat template: line N: what": it refuses them
  // (raise_exception), uses what is not there, or goes beyond a limit.
  std::string render(const io::Json& messages, const ChatOptions& options = {}) const;

 private:
  struct Parsed;
  std::unique_ptr<const Parsed> parsed_;
};

}  // namespace millet::text
