// millet data dedup FILE… --out FILE: of documents that are alike the first one is kept.
#include <fmt/core.h>

#include "millet/cli/data.h"
#include "millet/cli/stderr_log.h"
#include "millet/core/clock.h"
#include "millet/data/dedup.h"
#include "millet/report/progress.h"
#include "millet/text/utf8.h"

namespace millet::cli {

void data_dedup(const Arguments& args) {
  const std::filesystem::path out = args.path("out");
  StderrLog log(args.quiet());
  report::View view = report::View::on_stderr(args.quiet());
  data::DedupOptions options{.key = args.text("key"),
                             .threshold = args.number("threshold"),
                             .max_documents = args.integer("max-documents", 1)};
  const double began = seconds_now();
  options.on_progress = [&](int64_t done, int64_t total) {
    if (seconds_now() - began > 2) view.update({.phase = "comparing, MB", .step = done >> 20, .steps = total >> 20});
  };
  std::vector<std::filesystem::path> sources;
  for (const std::string& file : args.all("FILE")) sources.emplace_back(file);
  const data::DedupSummary s = data::remove_duplicates(sources, out, options);
  view.finish();
  s.counts.tell(log);
  if (s.not_verified > 0) {
    log.warn("{} candidates were not compared: their document had more than {} that share a band", s.not_verified,
             data::kMostVerified);
  }
  const double seconds = seconds_now() - began;
  if (args.json()) {
    io::Json summary = s.to_json();
    summary["out"] = text::replace_invalid_utf8(out.string());
    summary["threshold"] = options.threshold;
    summary["seconds"] = seconds;
    fmt::print("{}\n", summary.dump());
    return;
  }
  fmt::print("{:>12} documents, {} bytes\n{:>12} exact duplicates\n{:>12} near duplicates (Jaccard at least {})\n",
             s.documents, s.bytes, s.exact, s.near, options.threshold);
  fmt::print("{:>12} kept, {} bytes, in {}\n", s.kept, s.kept_bytes, out.string());
  fmt::print("{} of {} candidate pairs compared; {} bands of {}; {:.1f} MB remembered; {:.1f} s\n", s.verified,
             s.candidates, s.bands, s.rows, static_cast<double>(s.memory_bytes) / 1e6, seconds);
}

}  // namespace millet::cli
