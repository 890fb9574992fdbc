#include "millet/data/config.h"

namespace millet::data {

void MixConfig::fields(Fields& f) {
  f("share", share, "share of the examples; all shares are divided by their sum", between(0, 1e6));
  f("task", task, "task whose problems are generated, by its name");
  f("source", source, "texts in place of a task, as data.source");
  f("key", key, "of lines of JSON: where the text is");
  f("fim_rate", fim_rate, "share of its documents whose middle is written last", between(0, 1));
  f("direct", direct, "share of a task's documents that answer at once", between(0, 1e6));
  f("aloud", aloud, "share of a task's documents that think step by step", between(0, 1e6));
  f("slip", slip, "share of a task's documents that think with slips and correct each (\"wait\")", between(0, 1e6));
  f("min", min, "least difficulty of a task's problems; 0: the task's own", count_from(0));
  f("max", max, "greatest difficulty of a task's problems; 0: the task's own", count_from(0));
}

void Config::fields(Fields& f) {
  f("source", source,
    "UTF-8 text file, JSON lines, a directory of these (gzip and zstd, too), or token shards: a tenth validates");
  f("key", key, "of lines of JSON: where the text is");
  f("fim_rate", fim_rate, "fill-in-the-middle: share of the documents whose middle is written last; 0.1 in DeepSeek-V3",
    between(0, 1));
  f.map("mix", mix, "several sources in one stream, in place of data.source");
  f("context", context, "tokens of a window of text, and most rows of a document", between(1, 1e8));
  f("tokenizer", tokenizer,
    "\"auto\": the characters of the texts and tasks, or that of token shards; \"bytes\"; or a directory that holds a "
    "tokenizer.json");
  f("score_prompt", score_prompt, "are the prompts of tasks targets of the loss, too?");
  f("validation_problems", validation_problems, "problems of each task's test split in the validation",
    between(1, 1e6));
}

}  // namespace millet::data
