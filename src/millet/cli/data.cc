// millet data shard|dedup FILE…: corpora made ready.
#include "millet/cli/data.h"

#include "millet/cli/command.h"
#include "millet/core/error.h"

namespace millet::cli {

static int run_data(const Arguments& args) {
  const std::string action = args.text("ACTION");
  if (action == "shard")
    data_shard(args);
  else if (action == "dedup")
    data_dedup(args);
  else
    fail("millet data: unknown action '{}': there are `millet data shard` and `millet data dedup`", action);
  return 0;
}

extern const Command data_command;
const Command data_command{
    .name = "data",
    .summary = "corpora made ready: encoded once into token shards; duplicates removed",
    .positionals = {{"ACTION", "shard or dedup"},
                    {.name = "FILE",
                     .help = "texts, JSON lines, directories of these; gzip and zstd too",
                     .repeated = true}},
    .options = {{"--out", "PATH", "shard: the directory to make; dedup: the file of JSON lines to write"},
                {"--key", "KEY", "of lines of JSON: where the text is", "text"},
                {"--tokenizer", "DIR", "shard: a directory with a tokenizer.json"},
                {"--fim-rate", "R",
                 "shard: fill-in-the-middle, share of the documents whose middle is written last; 0.1 in DeepSeek-V3",
                 "0"},
                {"--shard-tokens", "N", "shard: tokens after which a new file begins", "67108864"},
                {"--threshold", "J", "dedup: Jaccard similarity from which on documents are near duplicates", "0.8"},
                {"--max-documents", "N",
                 "dedup: most different documents that are remembered, at about 0.6 kB of memory each", "10000000"},
                option::seed,
                option::json,
                option::quiet},
    .examples = {"millet data shard web.jsonl.gz books --tokenizer tokenizers/book --out corpora/mine",
                 "millet data dedup web.jsonl.gz books --out clean.jsonl"},
    .run = run_data};

}  // namespace millet::cli
