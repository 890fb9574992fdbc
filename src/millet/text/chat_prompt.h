// Messages → the token ids that a model is given, by the chat template and the tokenizer of its directory. The
// template's marks become tokens; what people wrote never does, whatever it spells.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "millet/io/json.h"
#include "millet/text/chat_template.h"
#include "millet/text/mark_guard.h"
#include "millet/text/tokenizer.h"

namespace millet::text {

class ChatPrompt {
 public:
  // The tokenizer must outlive it. bos_token and eos_token are those of the directory's tokenizer_config.json, and the
  // template is the directory's unless `template_file` names another; of several the one called `name`, as
  // ChatTemplate::load has it. Throws Error: there is no chat template.
  ChatPrompt(const Tokenizer& tokenizer, const std::filesystem::path& directory,
             const std::filesystem::path& template_file = {}, std::string_view name = "default");

  // Has a model's directory a chat template?
  static bool is_in(const std::filesystem::path& directory);

  struct Rendered {
    std::string text;          // what the template wrote, as `transformers` would
    std::vector<int32_t> ids;  // of that text: marks of the template alone are tokens
    std::string guarded;       // the text with its guard at every mark that is none, for encode()
  };
  // Marks that a message spells out stay characters. A turn of the assistant may hold what a model can say: tokens that
  // are not special, as <think> in DeepSeek's and Qwen's tokenizers, are found in it. `options.bos_token` and
  // `eos_token` are filled in. Throws Error where the template refuses the messages.
  // `guard`: of guard_for(); found anew where none is given.
  Rendered render(const io::Json& messages, ChatOptions options = {}, const MarkGuard& guard = {}) const;

  // Of characters that none of these hold.
  static MarkGuard guard_for(const io::Json& messages, const ChatOptions& options);
  // A turn of the assistant's own text as render() would guard it.
  std::string guard_answer(std::string_view text, const MarkGuard& guard) const;
  // Ids of a part of a guarded text, which stands behind `before`, the ids of what comes before it.
  std::vector<int32_t> encode(std::string_view guarded, const MarkGuard& guard,
                              std::span<const int32_t> before = {}) const;

  const Tokenizer& tokenizer() const { return tokenizer_; }
  const std::optional<std::string>& eos() const { return eos_; }

 private:
  const Tokenizer& tokenizer_;
  ChatTemplate template_;
  std::vector<std::string> special_, all_;  // spellings of added tokens: the special ones, all
  std::optional<std::string> bos_, eos_;
  io::Json tokens_;
};

}  // namespace millet::text
