#include "millet/tasks/file_config.h"

namespace millet::tasks {

void FileConfig::fields(Fields& f) {
  f("problems", problems, "JSONL file of problems to learn from, in place of rl.task; empty: none");
  f("test", test,
    "JSONL file of problems to be measured by; empty: one in sixteen of task.problems; alone: for millet eval");
  f("verifier", verifier, "what judges an answer to these", {"math", "exact", "regex", "command"});
  f("command", command, "of verifier = \"command\": a program and its arguments");
  f("seconds", seconds, "that the program may take for one answer", above(0, 3600));
  f("language", language, "of verifier = \"math\": whose words stand around an answer, as chinese");
  f("form", form, "how questions are put: in <think> and <answer> tags, or as a chat by the model's template",
    {"tags", "chat"});
  f("instruction", instruction, "of form = \"chat\": what the user says; {question} stands for the question");
  f("system", system, "of form = \"chat\": the system message; empty: none");
}

}  // namespace millet::tasks
