#include "millet/cli/perplexity.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "millet/cli/session.h"
#include "millet/cli/stderr_log.h"
#include "millet/core/clock.h"
#include "millet/core/error.h"
#include "millet/data/documents.h"
#include "millet/eval/perplexity.h"
#include "millet/report/progress.h"
#include "millet/text/utf8.h"

namespace millet::cli {

void print_perplexity(const Arguments& args) {
  StderrLog log(args.quiet());
  report::View view = report::View::on_stderr(args.quiet());
  const std::filesystem::path file = args.path("perplexity");
  data::DocumentCounts counts;
  const std::vector<data::DocumentFile> files = data::document_files(file, counts);
  const Machine machine(args, log);
  const LoadedModel loaded(args.path("MODEL"), *machine.ctx, nn::Parameters::Mode::mapped);
  const text::Tokenizer tokenizer = text::Tokenizer::load(loaded.directory);

  // Where nothing is said, windows of up to 1024 rows that overlap by half.
  eval::PerplexityOptions options;
  options.context = args.has("context") ? args.integer("context")
                                        : std::min<int64_t>(1024, loaded.decoder->config().max_position_embeddings);
  options.stride = args.has("stride") ? args.integer("stride") : std::max<int64_t>(1, options.context / 2);
  const double began = seconds_now();
  options.on_window = [&](int64_t windows) {
    if (seconds_now() - began > 2) view.update({.phase = "perplexity, windows", .step = windows});
  };
  eval::PerplexityMeter meter(*machine.ctx, *loaded.decoder, tokenizer, options);
  data::read_documents(files, args.text("key"), counts, [&](const data::Document& document) {
    meter.add(document.text);
    return true;
  });
  view.finish();
  counts.tell(log);
  const eval::Perplexity& found = meter.result();
  require(found.tokens > 0, "{} has no text that can be scored{}", file.string(), counts.summary());
  const double seconds = seconds_now() - began;
  if (args.json()) {
    io::Json json = found.to_json();
    json["file"] = text::replace_invalid_utf8(file.string());
    json["context"] = options.context;
    json["stride"] = options.stride;
    json["read"] = counts.to_json();
    json["seconds"] = seconds;
    fmt::print("{}\n", json.dump());
    return;
  }
  fmt::print("perplexity     {:.4f} a token{}\nbits per byte  {:.4f}\n", found.per_token(),
             std::isnan(found.per_word()) ? "" : fmt::format(", {:.4f} a word", found.per_word()),
             found.bits_per_byte());
  fmt::print("{} documents, {} tokens, {} words, {} bytes in {} windows of {} with stride {}{}; {:.1f} s\n",
             found.documents, found.tokens, found.words, found.bytes, found.windows, options.context, options.stride,
             found.unscored > 0
                 ? fmt::format("; {} first tokens had nothing before them and were not scored", found.unscored)
                 : "",
             seconds);
}

}  // namespace millet::cli
