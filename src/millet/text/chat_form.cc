#include "millet/text/chat_form.h"

#include <algorithm>

#include "millet/core/error.h"
#include "millet/text/thinking.h"

namespace millet::text {

static constexpr std::string_view kQuestion = "{question}";

std::string instructed(std::string_view instruction, std::string_view question) {
  require(instruction.find(kQuestion) != std::string_view::npos,
          "the instruction \"{}\" has no place for the question: write {{question}} where it belongs", instruction);
  std::string out;
  std::string_view rest = instruction;  // what was filled in is not looked through again
  for (size_t at = 0; (at = rest.find(kQuestion)) != std::string_view::npos; rest.remove_prefix(at + kQuestion.size()))
    out.append(rest.substr(0, at)).append(question);
  return out.append(rest);
}

void check_system(std::string_view system) {
  require(system.find(kQuestion) == std::string_view::npos,
          "the system message \"{}\" is the same for all questions: {{question}} belongs into task.instruction",
          system);
}

ChatForm::ChatForm(ChatPrompt prompt, ChatFormOptions options)
    : prompt_(std::move(prompt)), options_(std::move(options)) {
  require(!options_.ends.empty(),
          "no token ends a response of this model: neither its tokenizer nor its "
          "config.json names one");
  check_system(options_.system);
  const std::string text = ask("?").text;
  const size_t end = text.find_last_not_of(" \n");
  opens_thought_ = end != std::string::npos && std::string_view(text).substr(0, end + 1).ends_with(kThink);
}

ChatPrompt::Rendered ChatForm::ask(std::string_view question) const {
  const std::string said = instructed(options_.instruction, question);
  io::Json messages = io::Json::array();
  if (!options_.system.empty()) messages.append(io::Json::object({{"role", "system"}, {"content", options_.system}}));
  messages.append(io::Json::object({{"role", "user"}, {"content", said}}));
  ChatOptions options;
  options.add_generation_prompt = true;
  return prompt_.render(messages, options);
}

std::vector<int32_t> ChatForm::prompt(std::string_view question) const {
  return ask(question).ids;
}

static std::string trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin));
}

Response ChatForm::split(std::span<const int32_t> ids) const {
  const auto end = std::find_first_of(ids.begin(), ids.end(), options_.ends.begin(), options_.ends.end());
  const std::string text =
      tokenizer().decode(ids.first(static_cast<size_t>(end - ids.begin())), {.skip_special = true});
  Response out;
  std::string_view rest = text;
  const size_t begun = opens_thought_ ? 0 : rest.find(kThink);
  bool whole = true;
  if (begun != std::string_view::npos) {
    out.has_thinking = true;
    out.other = trimmed(rest.substr(0, begun));
    rest.remove_prefix(begun);
    if (rest.starts_with(kThink)) rest.remove_prefix(kThink.size());
    const size_t closed = rest.find(kThinkEnd);
    whole = closed != std::string_view::npos;
    out.thinking = trimmed(rest.substr(0, closed));
    rest = whole ? rest.substr(closed + kThinkEnd.size()) : std::string_view();
  }
  out.answer = trimmed(rest);
  out.has_answer = !out.answer.empty();
  out.well_formed = end != ids.end() && whole && out.has_answer;
  return out;
}

}  // namespace millet::text
