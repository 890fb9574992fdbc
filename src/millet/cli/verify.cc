// millet verify math|gsm8k --jsonl IN: answers judged, line by line.
#include "millet/tasks/math/verify.h"

#include <string>

#include "millet/cli/command.h"
#include "millet/cli/json_lines.h"
#include "millet/core/error.h"
#include "millet/tasks/math/gsm8k.h"
#include "millet/tasks/math/language.h"

namespace millet::cli {

namespace {

namespace math = tasks::math;

// "raw", or a list such as ["latex", "expr"].
math::Extract extract_of(const io::Json& json) {
  bool latex = false, expression = false;
  const std::vector<std::string> names =
      json.is_string() ? std::vector<std::string>{json.as_string()} : json.as_strings();
  for (const std::string& name : names) {
    if (name == "raw") return math::Extract::raw;
    if (name == "choice_letter" || name == "string") return math::Extract::choice_letter;
    if (name != "latex" && name != "expr") {
      json.refuse("may hold latex, expr, choice_letter and raw, has '{}'", name);
    }
    latex = latex || name == "latex";
    expression = expression || name == "expr";
  }
  if (latex && expression) return math::Extract::latex_expression;
  if (!latex && !expression) json.refuse("is empty: say where answers are, as [\"latex\", \"expr\"]");
  return latex ? math::Extract::latex : math::Extract::expression;
}

io::Json judged_math(const io::Json& line) {
  math::VerifyOptions options;
  if (const io::Json* extract = line.find("extract"); extract != nullptr && !extract->is_null()) {
    options.extract = extract_of(*extract);
  }
  if (const io::Json* rule = line.find("rule"); rule != nullptr && !rule->is_null()) {
    if (rule->as_string().find("MATH") == std::string::npos) {
      rule->refuse("may be \"MATH\", the string rule of that paper, is '{}'", rule->as_string());
    }
    options.extract = math::Extract::string_rule;
  }
  const int64_t precision = line.int_or("precision", 6);
  if (precision < 0 || precision > 100) line.at("precision").refuse("must be from 0 to 100, is {}", precision);
  options.compare.precision = static_cast<int>(precision);
  options.compare.strict = line.bool_or("strict", true);
  options.compare.allow_set_relation_comp = line.bool_or("allow_set_relation_comp", false);
  options.language = line.string_or("language", "");
  const math::Verdict verdict =
      math::verify_math(line.at("gold").as_string(), line.at("prediction").as_string(), options);
  return io::Json::object({{"equal", verdict.equal}, {"reason", verdict.reason}});
}

io::Json judged_gsm8k(const io::Json& line) {
  const io::Json& answer = line.at("answer");
  const std::string wanted = answer.is_number() ? answer.dump() : answer.as_string();
  return io::Json::object({{"correct", math::gsm8k_correct(wanted, line.at("solution").as_string())}});
}

int run_verify(const Arguments& args) {
  const std::string kind = args.text("KIND");
  require(kind == "math" || kind == "gsm8k",
          "millet verify: unknown kind '{}': there are `millet verify math` and `millet verify gsm8k`", kind);
  answer_json_lines(args.text("jsonl"), kind == "math" ? judged_math : judged_gsm8k);
  return 0;
}

}  // namespace

extern const Command verify_command;
const Command verify_command{
    .name = "verify",
    .summary = "answers to mathematical problems, judged line by line",
    .positionals = {{"KIND", "math: formulas, numbers, sets, text; gsm8k: the value behind the last #### or A:"}},
    .options =
        {{"--jsonl", "IN",
          "JSON lines (gzip and zstd are opened), -: standard input. math: {\"gold\", \"prediction\", \"extract\", "
          "\"precision\", \"strict\", \"language\", \"allow_set_relation_comp\", \"rule\"}, of which the first two are "
          "needed, to "
          "{\"equal\", \"reason\"}; gsm8k: {\"answer\", \"solution\"} to {\"correct\"}; what cannot be judged "
          "to {\"error\"}"}},
    .examples = {"millet verify math --jsonl answers.jsonl", "millet verify gsm8k --jsonl solutions.jsonl"},
    .run = run_verify};

}  // namespace millet::cli
