// millet tokenizer encode DIR --jsonl FILE: texts to ids and back, line by line, for scripts and for comparing with
// other software.
#include "millet/text/tokenizer.h"

#include <vector>

#include "millet/cli/command.h"
#include "millet/cli/json_lines.h"
#include "millet/io/json.h"

namespace millet::cli {

static int run_tokenizer(const Arguments& args) {
  const std::string action = args.text("ACTION");
  require(action == "encode", "millet tokenizer: unknown action '{}': there is `millet tokenizer encode`", action);
  const text::Tokenizer tokenizer = text::Tokenizer::load(args.path("DIR"));
  answer_json_lines(args.text("jsonl"), [&](const io::Json& line) {
    const std::vector<int32_t> ids = tokenizer.encode(line.at("text").as_string(), {.allow_special = true});
    return io::Json::object({{"ids", io::Json::array_of(ids)}, {"decoded", tokenizer.decode(ids)}});
  });
  return 0;
}

extern const Command tokenizer_command;
const Command tokenizer_command{
    .name = "tokenizer",
    .summary = "texts to token ids and back, line by line",
    .positionals = {{"ACTION", "encode"}, {"DIR", "a directory with a tokenizer.json"}},
    .options = {{"--jsonl", "FILE",
                 R"(lines {"text": …}, answered by {"ids": […], "decoded": …} or {"error": …}; -: standard input)"}},
    .examples = {"millet tokenizer encode Qwen2.5-0.5B --jsonl texts.jsonl"},
    .run = run_tokenizer};

}  // namespace millet::cli
