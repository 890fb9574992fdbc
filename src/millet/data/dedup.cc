#include "millet/data/dedup.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "millet/core/error.h"
#include "millet/data/near_duplicates.h"
#include "millet/io/checksum.h"
#include "millet/io/file.h"

namespace millet::data {

namespace fs = std::filesystem;

namespace {

// 128-bit hashes, open addressing.
class HashSet {
 public:
  using Hash = std::array<uint64_t, 2>;

  bool insert(Hash hash) {  // false: it was there
    if (hash == Hash{}) hash[0] = 1;
    if (2 * (used_ + 1) > slots_.size()) grow();
    Hash& slot = slot_of(hash);
    if (slot == hash) return false;
    slot = hash;
    ++used_;
    return true;
  }
  int64_t bytes() const { return static_cast<int64_t>(slots_.size() * sizeof(Hash)); }

 private:
  Hash& slot_of(const Hash& hash) {
    size_t at = hash[0] & (slots_.size() - 1);
    while (slots_[at] != Hash{} && slots_[at] != hash) at = (at + 1) & (slots_.size() - 1);
    return slots_[at];
  }
  void grow() {
    std::vector<Hash> before(slots_.size() * 2);
    before.swap(slots_);
    for (const Hash& hash : before) {
      if (hash != Hash{}) slot_of(hash) = hash;
    }
  }

  std::vector<Hash> slots_ = std::vector<Hash>(1024);
  size_t used_ = 0;
};

// The kept documents: written once, read again where one is compared.
class KeptLines {
 public:
  KeptLines(const fs::path& path, std::string key, io::Disk& disk) : key_(std::move(key)), file_(path, disk) {
    require(!io::is_there(path) || fs::is_regular_file(path),
            "{} is no regular file: duplicates are compared with what is written there", path.string());
    back_.open(io::partial_path(file_.path()), std::ios::binary);
    require(back_.is_open(), "cannot read {} while writing it", path.string());
  }

  void add(const Document& document) {
    std::string line(document.line);
    if (line.empty()) line = io::Json::object({{key_, document.text}}).dump();
    ends_.push_back(size_ + static_cast<int64_t>(line.size()));
    line += '\n';
    file_.write(line);
    size_ += static_cast<int64_t>(line.size());
  }

  std::string text(uint32_t index) {
    const int64_t begin = index == 0 ? 0 : ends_[index - 1] + 1;
    std::string line(static_cast<size_t>(ends_[index] - begin), '\0');
    back_.clear();
    back_.seekg(begin);
    back_.read(line.data(), static_cast<std::streamsize>(line.size()));
    if (!back_) fail_own("cannot read {} again", file_.path().string());
    return io::Json::parse_leniently(line).at(key_).as_string();
  }

  int64_t count() const { return static_cast<int64_t>(ends_.size()); }
  int64_t bytes() const { return static_cast<int64_t>(ends_.capacity() * sizeof(int64_t)); }
  void commit() { file_.commit(); }

 private:
  std::string key_;
  io::AtomicFile file_;
  std::ifstream back_;
  std::vector<int64_t> ends_;
  int64_t size_ = 0;
};

}  // namespace

io::Json DedupSummary::to_json() const {
  return io::Json::object({{"documents", documents},
                           {"exact_duplicates", exact},
                           {"near_duplicates", near},
                           {"kept", kept},
                           {"bytes", bytes},
                           {"kept_bytes", kept_bytes},
                           {"candidates", candidates},
                           {"verified", verified},
                           {"not_verified", not_verified},
                           {"bands", bands},
                           {"rows", rows},
                           {"memory_bytes", memory_bytes},
                           {"read", counts.to_json()}});
}

DedupSummary remove_duplicates(const std::vector<fs::path>& sources, const fs::path& out, const DedupOptions& options,
                               io::Disk& disk) {
  require(options.threshold > 0 && options.threshold <= 1,
          "the threshold is {}: a Jaccard similarity is above 0 and at most 1", options.threshold);
  DedupSummary summary;
  std::vector<DocumentFile> files;
  for (const fs::path& source : sources) {
    for (DocumentFile& file : document_files(source, summary.counts)) {
      std::error_code unseen;
      require(!fs::equivalent(file.path, out, unseen), "{} would be read and written at once: name another --out",
              out.string());
      files.push_back(std::move(file));
    }
  }
  std::error_code unseen;
  require(!io::is_there(out) || !fs::is_regular_file(out, unseen),
          "{}: it exists already: give another --out, or remove it", out.string());
  require(without_compression(out) == out.filename(), "{} would be plain JSON lines, whatever its name: call it {}",
          out.string(), without_compression(out).string());
  int64_t total = 0;
  for (const DocumentFile& file : files) total += static_cast<int64_t>(fs::file_size(file.path));
  const int64_t most = std::min<int64_t>(options.max_documents, BandIndex::kMostDocuments);

  const Bands bands = bands_for(options.threshold);
  summary.bands = bands.bands;
  summary.rows = bands.rows;
  HashSet seen;
  BandIndex index(bands);
  KeptLines kept(out, options.key, disk);

  const auto has_near = [&](const std::vector<uint64_t>& shingles, const Signature& signature) {
    const std::vector<BandIndex::Candidate> candidates = index.candidates(signature);
    summary.candidates += static_cast<int64_t>(candidates.size());
    for (size_t i = 0; i < candidates.size(); ++i) {
      if (i == kMostVerified) {
        summary.not_verified += static_cast<int64_t>(candidates.size() - i);
        break;
      }
      ++summary.verified;
      if (jaccard(shingles, shingles_of(normalised(kept.text(candidates[i].document)))) >= options.threshold)
        return true;
    }
    return false;
  };

  read_documents(files, options.key, summary.counts, [&](const Document& document) {
    ++summary.documents;
    const auto bytes = static_cast<int64_t>(document.text.size());
    summary.bytes += bytes;
    if (options.on_progress) options.on_progress(summary.counts.bytes_read, total);
    const std::string text = normalised(document.text);
    if (!seen.insert({io::hash64(text, 0), io::hash64(text, 1)})) {
      ++summary.exact;
      return true;
    }
    const std::vector<uint64_t> shingles = shingles_of(text);
    const Signature signature = min_hash(shingles);
    if (has_near(shingles, signature)) {
      ++summary.near;
      return true;
    }
    require(kept.count() < most,
            "more than {} different documents: raise --max-documents (up to {}, at about 0.6 kB of memory each), or "
            "take the corpus in parts",
            most, BandIndex::kMostDocuments);
    index.add(static_cast<uint32_t>(kept.count()), signature);
    kept.add(document);
    ++summary.kept;
    summary.kept_bytes += bytes;
    return true;
  });
  summary.memory_bytes = seen.bytes() + index.bytes() + kept.bytes();
  kept.commit();
  return summary;
}

}  // namespace millet::data
