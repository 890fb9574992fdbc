// Documents of plain text from files: a text file is one, a line of a JSONL file is one, or an item of a JSON file that
// is one array; a directory holds all these, and gzip and zstd of them are opened on the way. What is wrong with some
// is counted and named, never fatal.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "millet/core/log.h"
#include "millet/io/json.h"

namespace millet::data {

enum class Flaw : uint8_t {
  broken_line,      // is no JSON: left out
  without_text,     // an object without a string under the key, or no object: left out
  too_long,         // a line beyond kLongestLine: left out
  not_utf8,         // each maximal subpart that is no character is read as U+FFFD
  empty,            // nothing but white space: left out
  other_directory,  // in a directory, hidden or a link: left out
  other_file,       // in a directory, of a kind that is none of these: left out
};
inline constexpr size_t kFlaws = 7;

// What was read, and what was not.
struct DocumentCounts {
  static constexpr size_t kNamed = 5;

  struct Found {
    int64_t count = 0;
    std::vector<std::string> first;  // the first kNamed of them: "web.jsonl:17: what"
  };
  int64_t files = 0;
  int64_t documents = 0;   // that were handed on
  int64_t bytes = 0;       // of their text
  int64_t bytes_read = 0;  // of the files as they lie there: for progress
  std::array<Found, kFlaws> flaws;

  const Found& of(Flaw flaw) const { return flaws[static_cast<size_t>(flaw)]; }
  void add(Flaw flaw, std::string place);

  // A warning for each kind that was met, with its number and the first places.
  void tell(Log& log) const;
  // The same in a line, to be put behind an error: " (3 lines are …: web.jsonl:17: …)"; "" where nothing was met.
  std::string summary() const;
  // {"files", "documents", "bytes", "flaws": {"broken_line": {"count", "first"}, …}}: kinds that were met.
  io::Json to_json() const;
};

// "c4.jsonl" of "web/c4.jsonl.gz".
std::filesystem::path without_compression(const std::filesystem::path& path);

struct DocumentFile {
  std::filesystem::path path;
  bool lines = false;  // JSON lines, or one text
};

// May a source be a pipe or a device, which can be read once? Then it is one text, or JSON lines by its name.
enum class Pipes : uint8_t { refused, taken };

// The files behind a path, in the order in which they are read. A file is JSON lines where it is called .jsonl, .ndjson
// or .json in letters of either case, before .gz, .zst or .zstd (one called .json may be one array of records); any
// other is one text. A directory gives its .txt, .text, .md and JSON lines, also those of directories within it, sorted
// by path; links to directories are not followed, and names that begin with a dot are left out; such directories are
// counted. Throws Error: it is missing, or a pipe or a device that is refused.
std::vector<DocumentFile> document_files(const std::filesystem::path& path, DocumentCounts& counts,
                                         Pipes pipes = Pipes::refused);

inline constexpr size_t kLongestLine = size_t{1} << 26;  // bytes of a line of JSON
inline constexpr size_t kLongestText = size_t{1} << 30;  // bytes of a text file

struct Document {
  std::string_view text;
  std::string_view line;  // of JSON, as it stands in the file (mended where it is not UTF-8); of an array's item: in
                          // one line; empty: a text file
};
// Is given each document; false ends the reading.
using OnDocument = std::function<bool(const Document& document)>;

// Reads documents in order and adds to the counts. `key`: where a line of JSON has its text; lines are read as Python's
// `json` reads them (Json::parse_leniently). Throws Error: a file that cannot be read, a broken archive, a text beyond
// kLongestText.
void read_documents(const std::vector<DocumentFile>& files, std::string_view key, DocumentCounts& counts,
                    const OnDocument& on_document);

}  // namespace millet::data
