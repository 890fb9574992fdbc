#include "millet/data/worked_chats.h"

#include <fmt/core.h>

#include "millet/core/error.h"
#include "millet/text/chat_form.h"

namespace millet::data {

using io::Json;

Records<Chat> worked_chats(const tasks::Task& task, std::string_view instruction, std::string_view system) {
  const std::span<const tasks::Problem> problems = task.listed(tasks::Split::train);
  require(!problems.empty(), "task '{}' has no list of problems with solutions to learn from", task.name());
  text::check_system(system);
  Records<Chat> out;
  Rng unused(0, "worked chats");
  for (const tasks::Problem& p : problems) {
    try {
      const std::string solution = task.thinking(p, tasks::Style::aloud, unused);
      Json messages = Json::array();
      if (!system.empty()) messages.append(Json::object({{"role", "system"}, {"content", system}}));
      messages.append(Json::object({{"role", "user"}, {"content", text::instructed(instruction, p.prompt)}}));
      messages.append(
          Json::object({{"role", "assistant"},
                        {"content", fmt::format("{}\n\nThe answer is $\\boxed{{{}}}$.", solution, p.answer)}}));
      out.good.push_back({.messages = std::move(messages), .tools = {}, .place = fmt::format("\"{:.60}\"", p.prompt)});
    } catch (const Error& e) {
      out.bad.push_back({fmt::format("\"{:.60}\"", p.prompt), e.what()});
    }
  }
  return out;
}

}  // namespace millet::data
