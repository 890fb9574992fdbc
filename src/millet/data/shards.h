// A corpus encoded once, for many runs: a directory of token shards (io/token_shard.h) with the tokenizer that made
// them. What [data] reads of it is mapped, so a corpus may be larger than memory.
//
//   shards.json            what it holds, and what was read of the texts
//   shard-00000.tokens …   documents, whole, each held out or not as data/corpus.h decides
//   tokenizer.json …       the tokenizer's files
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "millet/core/log.h"
#include "millet/data/corpus.h"
#include "millet/io/disk.h"

namespace millet::data {

struct ShardOptions {
  std::string key = "text";
  double fim_rate = 0;                      // of the documents that are not held out
  uint64_t seed = 0;                        // of fill-in-the-middle
  int64_t shard_tokens = int64_t{1} << 26;  // a shard ends with the document that reaches it

  // Bytes of the files done and in all, as they lie on the disk. Returns false to end early: what is done stays, and
  // the next call with the same arguments goes on from there.
  std::function<bool(int64_t done, int64_t total)> on_progress;
};

struct ShardSummary {
  bool finished = false;
  int64_t shards = 0, documents = 0, tokens = 0, held_out_documents = 0, fim_documents = 0;
  int64_t continued_from = 0;  // documents that an earlier call had done
  DocumentCounts counts;

  io::Json to_json() const;
};

// Encodes the documents of `sources`, in order, into the directory `out`, which appears when all is done; until then
// it is ".<name>.partial" beside it, where finished shards wait. Memory: one document, and 8 bytes for each document
// of a shard. Throws Error: `out` exists; what read_corpus refuses.
ShardSummary write_shards(const std::vector<std::filesystem::path>& sources, const text::Tokenizer& tokenizer,
                          const std::filesystem::path& out, const ShardOptions& options, Log& log = Log::silent(),
                          io::Disk& disk = io::Disk::real());

bool is_shards(const std::filesystem::path& directory);

// The corpus of a directory of shards: every shard is verified. Throws Error: a missing or altered file, a tokenizer
// that is not the one of the shards; as divide() does.
Corpus open_shards(const std::filesystem::path& directory, const text::Tokenizer& tokenizer, int64_t context);

}  // namespace millet::data
