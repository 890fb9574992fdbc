// Duplicates removed from a corpus: of documents that are alike the first one is kept.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "millet/data/documents.h"
#include "millet/io/disk.h"

namespace millet::data {

struct DedupOptions {
  std::string key = "text";
  double threshold = 0.8;
  int64_t max_documents = 10'000'000;  // kept ones that are remembered, at most BandIndex::kMostDocuments
  // Bytes of the files done and in all, as they lie on the disk.
  std::function<void(int64_t done, int64_t total)> on_progress;
};

struct DedupSummary {
  int64_t documents = 0, exact = 0, near = 0, kept = 0;
  int64_t bytes = 0, kept_bytes = 0;     // of texts
  int64_t candidates = 0, verified = 0;  // pairs that shared a band; that were compared shingle by shingle
  int64_t not_verified = 0;              // candidates beyond kMostVerified of one document
  int bands = 0, rows = 0;
  int64_t memory_bytes = 0;  // of what is remembered of documents
  DocumentCounts counts;

  io::Json to_json() const;
};

inline constexpr size_t kMostVerified = 64;

// Writes the documents of `sources` that are kept, in order, as JSON lines to `out`: lines of JSON as they stand, texts
// as {key: text}. A document goes
//   as an exact duplicate, where the normalised text (data/near_duplicates.h) of an earlier one has the same 128-bit
//   hash;
//   as a near duplicate, where an earlier one that was kept has a Jaccard similarity of their shingles of at least
//   `threshold`. Candidates share a band of their MinHash signatures; each is then compared in full, the 64 that share
//   most bands at most.
// The same input gives the same output. Texts are not held in memory: what is compared is read again from `out`.
// Throws Error: a threshold outside (0, 1]; more kept documents than max_documents; `out` that exists, or is called
// as an archive is; what read_documents refuses.
DedupSummary remove_duplicates(const std::vector<std::filesystem::path>& sources, const std::filesystem::path& out,
                               const DedupOptions& options, io::Disk& disk = io::Disk::real());

}  // namespace millet::data
