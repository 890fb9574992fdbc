#include "millet/cli/commands.h"

namespace millet::cli {

// One declaration and one row a verb; each is defined in the file of its name.

extern const Command pretrain_command;
extern const Command sft_command;
extern const Command rl_command;
extern const Command eval_command;
extern const Command data_command;
extern const Command generate_command;
extern const Command chat_command;
extern const Command report_command;
extern const Command info_command;
extern const Command logits_command;
extern const Command export_command;
extern const Command tokenizer_command;
extern const Command template_command;
extern const Command verify_command;
extern const Command bench_command;
extern const Command ops_command;

const CommandList& commands() {
  static const CommandList rows = {
      &pretrain_command, &sft_command,    &rl_command,     &eval_command,   &generate_command,  &chat_command,
      &report_command,   &info_command,   &logits_command, &export_command, &tokenizer_command, &data_command,
      &template_command, &verify_command, &bench_command,  &ops_command,
  };
  return rows;
}

}  // namespace millet::cli
