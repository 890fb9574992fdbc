#include "millet/data/shards.h"

#include <algorithm>
#include <optional>

#include "millet/core/error.h"
#include "millet/io/checksum.h"
#include "millet/io/file.h"
#include "millet/io/token_shard.h"
#include "millet/text/utf8.h"

namespace millet::data {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kIndex = "shards.json", kProgress = "progress.json";

class TokensInShards final : public TokenStore {
 public:
  void add(io::TokenShard shard) {
    firsts_.push_back(size_);
    size_ += static_cast<size_t>(shard.tokens());
    shards_.push_back(std::move(shard));
  }
  size_t size() const override { return size_; }
  void copy(size_t begin, std::span<int32_t> to) const override {
    auto shard = static_cast<size_t>(std::upper_bound(firsts_.begin(), firsts_.end(), begin) - firsts_.begin()) - 1;
    while (!to.empty()) {
      const size_t at = begin - firsts_[shard];
      const size_t n = std::min(to.size(), static_cast<size_t>(shards_[shard].tokens()) - at);
      shards_[shard].copy(static_cast<int64_t>(at), to.first(n));
      to = to.subspan(n);
      begin += n;
      ++shard;
    }
  }

 private:
  std::vector<io::TokenShard> shards_;
  std::vector<size_t> firsts_;
  size_t size_ = 0;
};

// Of the tokenizer's own file: what changes ids changes it.
std::string checksum_of(const text::Tokenizer& tokenizer) {
  std::string all;
  for (const auto& [name, bytes] : tokenizer.files()) {
    if (name == "tokenizer.json" || name == "tokenizer_config.json") all += bytes;
  }
  return io::checksum(std::as_bytes(std::span(all)));
}

std::string shard_name(int64_t index) {
  return fmt::format("shard-{:05}.tokens", index);
}

class ShardMaker {
 public:
  ShardMaker(const std::vector<fs::path>& sources, const text::Tokenizer& tokenizer, fs::path out,
             const ShardOptions& options, Log& log, io::Disk& disk)
      : tokenizer_(tokenizer),
        out_(std::move(out)),
        partial_(io::partial_path(out_)),
        options_(options),
        log_(log),
        disk_(disk),
        fim_(tokenizer, options.fim_rate, options.seed) {
    require(out_.has_filename(), "'{}' names no directory", out_.string());
    require(!io::is_there(out_), "{}: it exists already: give another --out, or remove it", out_.string());
    require(tokenizer.eos().has_value(),
            "the tokenizer has no token to end documents: give its tokenizer_config.json an eos_token");
    require(options.shard_tokens >= 1, "a shard of {} tokens is asked for: it must be at least 1",
            options.shard_tokens);
    for (const fs::path& source : sources) {
      names_ += fmt::format("{}{}", names_.empty() ? "" : ", ", source.string());
      for (DocumentFile& file : document_files(source, summary_.counts)) files_.push_back(std::move(file));
    }
    for (const DocumentFile& file : files_) total_ += static_cast<int64_t>(fs::file_size(file.path));
    names_ += sources.size() == 1 ? " is empty" : " are empty";
    settings_ = settings();
  }

  ShardSummary run() {
    begin();
    bool ended = false;
    read_documents(files_, options_.key, summary_.counts, [&](const Document& one) {
      document(one.text);
      ended = options_.on_progress && !options_.on_progress(summary_.counts.bytes_read, total_);
      return !ended;
    });
    if (ended) return summary_;
    require(summary_.documents > 0, "{}: there is nothing to learn from{}", names_, summary_.counts.summary());
    if (shard_) close_shard();
    finish();
    return summary_;
  }

 private:
  // What decides every byte of the shards.
  io::Json settings() const {
    io::Json files = io::Json::array();
    for (const DocumentFile& file : files_) {
      const auto changed = fs::last_write_time(file.path).time_since_epoch().count();
      files.append(io::Json::object({{"path", text::replace_invalid_utf8(file.path.string())},
                                     {"bytes", static_cast<int64_t>(fs::file_size(file.path))},
                                     {"changed", static_cast<int64_t>(changed)}}));
    }
    return io::Json::object({{"files", std::move(files)},
                             {"tokenizer", checksum_of(tokenizer_)},
                             {"key", options_.key},
                             {"fim_rate", options_.fim_rate},
                             {"seed", static_cast<int64_t>(options_.seed)},
                             {"shard_tokens", options_.shard_tokens}});
  }

  void begin() {
    if (io::is_there(partial_ / kProgress)) {
      const io::Json progress = io::read_json(partial_ / kProgress);
      const bool same = progress.at("settings") == settings_;
      if (same && finished_hold(progress.at("shards").as_int())) {
        summary_.continued_from = progress.at("documents").as_int();
        summary_.shards = progress.at("shards").as_int();
        summary_.tokens = progress.at("tokens").as_int();
        log_.info("{} shards are done: goes on behind document {}", summary_.shards, summary_.continued_from);
        return;
      }
      if (!same) log_.info("{} was begun with other texts or settings: begins anew", out_.string());
    }
    disk_.remove_all(partial_);
    disk_.make_directories(partial_);
  }

  // Are the shards that an earlier call finished as it wrote them?
  bool finished_hold(int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      try {
        io::TokenShard(partial_ / shard_name(i)).verify();
      } catch (const Error&) {
        log_.warn("{}, of an earlier attempt, is damaged: begins anew", (partial_ / shard_name(i)).string());
        return false;
      }
    }
    return true;
  }

  void document(std::string_view text) {
    const bool held_out = hold_out_.next(static_cast<int64_t>(text.size()));
    const bool fim = !held_out && fim_.chooses(text);
    ++summary_.documents;
    summary_.held_out_documents += held_out ? 1 : 0;
    summary_.fim_documents += fim ? 1 : 0;
    if (summary_.documents <= summary_.continued_from) return;
    if (!shard_) shard_.emplace(partial_ / shard_name(summary_.shards), tokenizer_.vocab_size(), disk_);
    const std::vector<int32_t> ids = fim ? document_ids(tokenizer_, text, fim_) : document_ids(tokenizer_, text);
    shard_->add(ids, held_out);
    if (shard_->tokens() >= options_.shard_tokens) close_shard();
  }

  void close_shard() {
    shard_->finish();
    summary_.tokens += shard_->tokens();
    shard_.reset();
    ++summary_.shards;
    const io::Json progress = io::Json::object({{"settings", settings_},
                                                {"documents", summary_.documents},
                                                {"shards", summary_.shards},
                                                {"tokens", summary_.tokens}});
    io::write_file_atomically(partial_ / kProgress, progress.pretty(), disk_);
  }

  void finish() {
    const bool whole = summary_.documents > 1 && hold_out_.is_enough();
    require(whole || options_.fim_rate <= 0,
            "fill-in-the-middle needs whole documents, and these are {}: give more, or no --fim-rate",
            summary_.documents);
    for (const auto& [name, bytes] : tokenizer_.files()) io::write_file_atomically(partial_ / name, bytes, disk_);
    io::Json shards = io::Json::array();
    for (int64_t i = 0; i < summary_.shards; ++i) {
      const io::TokenShard shard(partial_ / shard_name(i));
      shards.append(io::Json::object({{"file", shard_name(i)},
                                      {"tokens", shard.tokens()},
                                      {"documents", shard.documents()},
                                      {"checksum", shard.checksum()}}));
    }
    summary_.finished = true;
    io::Json index = summary_.to_json();
    index["version"] = 1;
    index["vocab_size"] = tokenizer_.vocab_size();
    index["whole"] = whole;  // are whole documents held out?
    index["settings"] = settings_;
    index["shards"] = std::move(shards);
    io::write_file_atomically(partial_ / kIndex, index.pretty(), disk_);
    disk_.remove(partial_ / kProgress);
    disk_.sync_directory(partial_);
    disk_.rename(partial_, out_);
    disk_.sync_directory(out_.parent_path());
  }

  const text::Tokenizer& tokenizer_;
  fs::path out_, partial_;
  const ShardOptions& options_;
  Log& log_;
  io::Disk& disk_;
  FillInMiddle fim_;
  std::vector<DocumentFile> files_;
  int64_t total_ = 0;
  std::string names_;  // of the sources, for an error: "a.txt, b are empty"
  io::Json settings_;
  HoldOut hold_out_;
  std::optional<io::TokenShardWriter> shard_;
  ShardSummary summary_;
};

}  // namespace

io::Json ShardSummary::to_json() const {
  return io::Json::object({{"documents", documents},
                           {"tokens", tokens},
                           {"held_out_documents", held_out_documents},
                           {"fim_documents", fim_documents},
                           {"shards", shards},
                           {"read", counts.to_json()}});
}

ShardSummary write_shards(const std::vector<fs::path>& sources, const text::Tokenizer& tokenizer, const fs::path& out,
                          const ShardOptions& options, Log& log, io::Disk& disk) {
  fs::path directory = out.lexically_normal();
  if (!directory.has_filename()) directory = directory.parent_path();  // "corpus/" is "corpus"
  return ShardMaker(sources, tokenizer, directory, options, log, disk).run();
}

bool is_shards(const fs::path& directory) {
  return io::is_there(directory / kIndex);
}

Corpus open_shards(const fs::path& directory, const text::Tokenizer& tokenizer, int64_t context) {
  const io::Json index = io::read_json(directory / kIndex);
  const int64_t version = index.at("version").as_int();
  require(version == 1, "{} holds shards of version {}, this program knows version 1", directory.string(), version);
  require(index.at("settings").at("tokenizer").as_string() == checksum_of(tokenizer),
          "{} was made with another tokenizer: leave data.tokenizer at \"auto\", or make the shards again with `millet "
          "data shard`",
          directory.string());
  Corpus corpus;
  corpus.name = directory.string();
  corpus.counts.documents = index.at("documents").as_int();
  corpus.counts.bytes = index.at("read").at("bytes").as_int();
  corpus.counts.files = index.at("read").at("files").as_int();
  corpus.fim_documents = index.at("fim_documents").as_int();
  auto store = std::make_unique<TokensInShards>();
  std::vector<size_t> ends;
  std::vector<uint8_t> held_out;
  std::string checksums;
  for (const io::Json& row : index.at("shards").items()) {
    const std::string& name = row.at("file").as_string();
    require(fs::path(name).filename() == name, "{}: '{}' is no file of this directory", directory.string(), name);
    io::TokenShard shard(directory / name);
    require(shard.checksum() == row.at("checksum").as_string() && shard.vocab_size() == tokenizer.vocab_size(),
            "{} is not the shard that {} names: make the shards again with `millet data shard`",
            (directory / name).string(), kIndex);
    shard.verify();
    const size_t first = store->size();
    for (int64_t i = 0; i < shard.documents(); ++i) {
      const io::TokenShard::Document d = shard.document(i);
      ends.push_back(first + static_cast<size_t>(d.end));
      held_out.push_back(d.held_out ? 1 : 0);
    }
    checksums += shard.checksum();
    store->add(std::move(shard));
  }
  corpus.fingerprint = io::hash64(checksums, 0);
  corpus.tokens = std::move(store);
  corpus.token_bytes = bytes_of_tokens(tokenizer);
  divide(corpus, ends, held_out, index.at("whole").as_bool(), context);
  return corpus;
}

}  // namespace millet::data
