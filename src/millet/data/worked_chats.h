// Worked problems as chats: the question in its instruction, the solution and the boxed answer as what the assistant
// says.
#pragma once

#include <string>
#include <string_view>

#include "millet/data/chat_records.h"
#include "millet/tasks/task.h"

namespace millet::data {

// Of all problems of the training split, of a task that has a list of them with solutions. `instruction` has
// {question} where the question belongs. A problem without a solution is left out and told. Throws Error where the task
// has no list.
Records<Chat> worked_chats(const tasks::Task& task, std::string_view instruction, std::string_view system);

}  // namespace millet::data
