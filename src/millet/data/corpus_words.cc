#include "millet/data/corpus_words.h"

#include <algorithm>
#include <span>
#include <utility>

#include "millet/io/input_stream.h"

namespace millet::data {

namespace fs = std::filesystem;

namespace {

// Documents gathered until there is work for every thread.
class Gathered {
 public:
  Gathered(Context& ctx, text::WordCounter& counter) : ctx_(ctx), counter_(counter) {}

  void add(std::string_view text) {
    constexpr size_t kAtOnce = size_t{1} << 23;  // bytes
    texts_.emplace_back(text);
    bytes_ += text.size();
    if (bytes_ >= kAtOnce) count();
  }
  void count() {
    counter_.count(ctx_, texts_);
    texts_.clear();
    bytes_ = 0;
  }

 private:
  Context& ctx_;
  text::WordCounter& counter_;
  std::vector<std::string> texts_;
  size_t bytes_ = 0;
};

// A text file from its front to its end, without a byte order mark before it.
class TextReader {
 public:
  explicit TextReader(const fs::path& path) : in_(path), first_(io::kByteOrderMark.size(), '\0') {
    first_.resize(in_.read(first_));
    if (first_ == io::kByteOrderMark) first_.clear();
  }
  size_t read(std::span<char> to) {
    if (first_.empty()) return in_.read(to);
    const size_t n = first_.copy(to.data(), to.size());
    first_.erase(0, n);
    return n;
  }
  int64_t bytes_read() const { return in_.bytes_read(); }

 private:
  io::InputStream in_;
  std::string first_;
};

int64_t size_of(const DocumentFile& file) {
  std::error_code unseen;
  const bool has_size = fs::is_regular_file(file.path, unseen);
  const uintmax_t bytes = has_size ? fs::file_size(file.path, unseen) : 0;
  return unseen ? 0 : static_cast<int64_t>(bytes);
}

}  // namespace

DocumentCounts count_words(Context& ctx, const std::vector<fs::path>& sources, text::WordCounter& counter,
                           const CorpusWordsOptions& options, Log& log) {
  DocumentCounts counts;
  std::vector<DocumentFile> files;
  for (const fs::path& source : sources) {
    for (DocumentFile& file : document_files(source, counts, Pipes::taken)) files.push_back(std::move(file));
  }
  int64_t total = 0;
  for (const DocumentFile& file : files) total += size_of(file);
  const auto tell = [&](int64_t done) {
    if (options.on_progress) options.on_progress(done, total);
  };
  Gathered gathered(ctx, counter);
  for (const DocumentFile& file : files) {
    if (file.lines) {
      read_documents({file}, options.key, counts, [&](const Document& document) {
        gathered.add(document.text);
        tell(counts.bytes_read);
        return true;
      });
      continue;
    }
    TextReader reader(file.path);
    const int64_t before = counts.bytes_read;
    const text::WordCounter::Text text = counter.count(
        ctx, [&](std::span<char> to) { return reader.read(to); },
        [&](int64_t) { tell(counts.bytes_read = before + reader.bytes_read()); });
    ++counts.files;
    counts.bytes_read = before + reader.bytes_read();
    counts.bytes += text.bytes;
    if (text.bytes == 0)
      counts.add(Flaw::empty, file.path.string());
    else
      ++counts.documents;
    if (text.invalid > 0)
      log.warn("{}: {} places are not UTF-8, the first at byte {}: each is read as U+FFFD", file.path.string(),
               text.invalid, text.first_invalid);
  }
  gathered.count();
  return counts;
}

}  // namespace millet::data
