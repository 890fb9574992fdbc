// From the section [data] of a recipe to its tokenizer, its training stream and its validation streams.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "millet/data/config.h"
#include "millet/data/corpus.h"
#include "millet/data/source.h"
#include "millet/text/tokenizer.h"

namespace millet::data {

// Files are looked for as they are named, then beside the recipe: in `base`, the folder that holds it.
//
// The tokenizer that the config asks for. "auto" and "bytes" get <pad> <bos> <eos> where there are several documents or
// tasks, and with tasks the tags and "wait" as well; where there are token shards, "auto" is the first one's own.
// Throws Error: see open_streams, and what Tokenizer::load refuses.
text::Tokenizer make_tokenizer(const Config& config, const std::filesystem::path& base = {});

struct Validation {
  std::string name;  // of the source: "shakespeare", "chain"
  std::unique_ptr<Source> source;
};

struct Streams {
  std::unique_ptr<Source> train;                       // without end
  std::vector<Validation> validation;                  // one for each source, each with an end
  std::vector<std::shared_ptr<const Corpus>> corpora;  // of the texts, shared with their streams: what was read of them
};

// The tokenizer must outlive the streams. Throws Error, naming the key and the file:
//   no source, or both data.source and data.mix; a part with both a task and a file, or neither; an unknown task (with
//   the nearest name); a file that is missing, empty or too short, a broken archive; shares that are negative or sum to
//   0; a context too short for a task's documents; a text with characters that the tokenizer does not know; what
//   read_corpus refuses.
Streams open_streams(const Config& config, const text::Tokenizer& tokenizer, uint64_t seed,
                     const std::filesystem::path& base = {});

}  // namespace millet::data
