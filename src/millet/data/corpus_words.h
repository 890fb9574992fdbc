// The words of a corpus, counted: what a tokenizer is learned from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "millet/core/context.h"
#include "millet/core/log.h"
#include "millet/data/documents.h"
#include "millet/text/word_counter.h"

namespace millet::data {

struct CorpusWordsOptions {
  std::string key = "text";  // where a line of JSON has its text
  // Bytes of the files done and in all, as they lie on the disk; pipes count for none of all.
  std::function<void(int64_t done, int64_t total)> on_progress;
};

// Counts the words of the documents behind `sources` (document_files), in which pipes may be: each document is a text
// of its own, so no word reaches from one into the next. A text file is read as it comes, so its size does not matter;
// what is not UTF-8 in it is told by `log`, place by place counted. The counts are the same for any number of threads.
// Throws Error: a source that is missing, which is told before any is read; what read_documents refuses but for texts
// that are too long.
DocumentCounts count_words(Context& ctx, const std::vector<std::filesystem::path>& sources, text::WordCounter& counter,
                           const CorpusWordsOptions& options, Log& log = Log::silent());

}  // namespace millet::data
