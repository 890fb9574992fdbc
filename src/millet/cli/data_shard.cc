// millet data shard FILE… --tokenizer DIR --out DIR: a corpus encoded once, for many runs.
#include <fmt/core.h>

#include "millet/cli/data.h"
#include "millet/cli/stderr_log.h"
#include "millet/core/clock.h"
#include "millet/core/error.h"
#include "millet/data/shards.h"
#include "millet/report/progress.h"
#include "millet/text/utf8.h"

namespace millet::cli {

void data_shard(const Arguments& args) {
  const text::Tokenizer tokenizer = text::Tokenizer::load(args.path("tokenizer"));
  const std::filesystem::path out = args.path("out");
  StderrLog log(args.quiet());
  report::View view = report::View::on_stderr(args.quiet());
  const double rate = args.number("fim-rate");
  require(rate >= 0 && rate <= 1, "--fim-rate is {}: it is a share, 0 to 1", rate);
  data::ShardOptions options{.key = args.text("key"),
                             .fim_rate = rate,
                             .seed = args.seed().value_or(1),
                             .shard_tokens = args.integer("shard-tokens", 1)};
  // A bar for what takes longer than two seconds.
  const double began = seconds_now();
  options.on_progress = [&](int64_t done, int64_t total) {
    if (seconds_now() - began > 2) view.update({.phase = "encoding, MB", .step = done >> 20, .steps = total >> 20});
    return true;
  };
  std::vector<std::filesystem::path> sources;
  for (const std::string& file : args.all("FILE")) sources.emplace_back(file);
  const data::ShardSummary made = data::write_shards(sources, tokenizer, out, options, log);
  view.finish();
  made.counts.tell(log);
  const double seconds = seconds_now() - began;
  if (args.json()) {
    io::Json summary = made.to_json();
    summary["out"] = text::replace_invalid_utf8(out.string());
    summary["seconds"] = seconds;
    fmt::print("{}\n", summary.dump());
    return;
  }
  fmt::print("{}: {} documents, {} tokens in {} shards; {} documents held out{}; {:.1f} s\n", out.string(),
             made.documents, made.tokens, made.shards, made.held_out_documents,
             made.fim_documents > 0 ? fmt::format(", {} with their middle last", made.fim_documents) : "", seconds);
}

}  // namespace millet::cli
