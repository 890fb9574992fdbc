#include "millet/data/documents.h"

#include <algorithm>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/io/input_stream.h"
#include "millet/io/json_array.h"
#include "millet/io/utf8.h"
#include "millet/text/utf8.h"

namespace millet::data {

namespace fs = std::filesystem;

namespace {

struct FlawRow {
  std::string_view name;
  std::string_view what;  // behind the number: "3 lines are …"
};
constexpr std::array<FlawRow, kFlaws> kFlawRows = {{
    {"broken_line", "lines are no JSON and left out"},
    {"without_text", "lines have no text under the key and are left out"},
    {"too_long", "lines are longer than 64 MiB and left out"},
    {"not_utf8", "documents are not UTF-8 throughout: what is no character is read as U+FFFD"},
    {"empty", "documents are empty and left out"},
    {"other_directory", "directories are hidden or links and left out"},
    {"other_file", "files are neither text nor JSON lines, by their names, and left out"},
}};

// In small letters: X.JSONL is JSON lines too.
std::string small_extension(const fs::path& path) {
  std::string end = path.extension().string();
  for (char& c : end) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return end;
}

std::string kind_of(const fs::path& path) {
  return small_extension(without_compression(path));
}

bool has_lines(const fs::path& path) {
  const std::string end = kind_of(path);
  return end == ".jsonl" || end == ".ndjson" || end == ".json";
}

bool is_text(const fs::path& path) {
  const std::string end = kind_of(path);
  return end == ".txt" || end == ".text" || end == ".md";
}

void find_in(const fs::path& directory, std::vector<DocumentFile>& files, DocumentCounts& counts) {
  std::vector<fs::path> found;
  try {
    for (fs::recursive_directory_iterator at(directory), end; at != end; ++at) {
      const bool hidden = at->path().filename().string().starts_with('.');
      const bool linked = at->is_symlink() && at->is_directory();
      if (hidden && at->is_directory()) at.disable_recursion_pending();
      if (at->is_directory() && (hidden || linked)) counts.add(Flaw::other_directory, at->path().string());
      if (!hidden && !at->is_directory()) found.push_back(at->path());
    }
  } catch (const fs::filesystem_error& error) {
    fail("cannot list the directory {}: {}", directory.string(), error.code().message());
  }
  std::sort(found.begin(), found.end());
  for (const fs::path& path : found) {
    std::error_code unseen;
    if (fs::is_regular_file(path, unseen) && (has_lines(path) || is_text(path)))
      files.push_back({.path = path, .lines = has_lines(path)});
    else
      counts.add(Flaw::other_file, path.string());
  }
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

class Reading {
 public:
  Reading(std::string_view key, DocumentCounts& counts, const OnDocument& on_document)
      : key_(key), counts_(counts), on_document_(on_document) {}

  // False: enough.
  bool file(const DocumentFile& file) {
    io::InputStream in(file.path);
    const int64_t before = counts_.bytes_read;
    ++counts_.files;
    if (!file.lines) return text(in, before);
    return kind_of(file.path) == ".json" && io::begins_as_array(in) ? array(in, before) : lines(in, before);
  }

 private:
  bool document(std::string_view text, std::string_view line, const std::string& place) {
    if (is_blank(text)) {
      counts_.add(Flaw::empty, place);
      return true;
    }
    ++counts_.documents;
    counts_.bytes += static_cast<int64_t>(text.size());
    return on_document_({.text = text, .line = line});
  }

  // The text with U+FFFD for what is no character.
  void repair(std::string& text, const std::string& path, int64_t line) {
    const size_t bad = io::invalid_utf8(text);
    if (bad == std::string::npos) return;
    const auto breaks = std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(bad), '\n');
    counts_.add(Flaw::not_utf8, fmt::format("{}:{}: byte 0x{:02X} is part of no character", path, line + breaks,
                                            static_cast<unsigned char>(text[bad])));
    text = text::replace_invalid_utf8(text);
  }

  bool text(io::InputStream& in, int64_t before) {
    const std::string path = in.path().string();
    std::string text;
    for (size_t used = 0;;) {
      text.resize(std::max<size_t>(2 * used, size_t{1} << 16));
      const size_t n = in.read(std::span(text).subspan(used));
      used += n;
      require(used <= kLongestText, "{} is a text of more than 1 GiB: cut it into several files, or JSON lines", path);
      if (n > 0) continue;
      text.resize(used);
      break;
    }
    counts_.bytes_read = before + in.bytes_read();
    if (text.starts_with(io::kByteOrderMark)) text.erase(0, io::kByteOrderMark.size());
    repair(text, path, 1);
    return document(text, {}, path);
  }

  bool lines(io::InputStream& in, int64_t before) {
    const std::string path = in.path().string();
    io::LineReader reader(in, kLongestLine);
    for (io::LineReader::Line line; reader.next(line);) {
      counts_.bytes_read = before + in.bytes_read();
      if (line.number == 1 && line.text.starts_with(io::kByteOrderMark)) line.text.erase(0, io::kByteOrderMark.size());
      if (!line.too_long && is_blank(line.text)) continue;
      const std::string place = fmt::format("{}:{}", path, line.number);
      if (!line.too_long) repair(line.text, path, line.number);
      const auto parse = [&] { return io::Json::parse_leniently(line.text, path, line.number); };
      if (!record(parse, line.too_long, line.text, place)) return false;
    }
    counts_.bytes_read = before + in.bytes_read();
    return true;
  }

  bool array(io::InputStream& in, int64_t before) {
    const std::string path = in.path().string();
    io::JsonArrayReader reader(in, kLongestLine);
    for (io::JsonArrayReader::Item item; reader.next(item);) {
      counts_.bytes_read = before + in.bytes_read();
      const std::string place = fmt::format("{}: [{}]", path, item.index);
      if (!item.too_long) repair(item.text, path, item.line);
      const auto parse = [&] { return io::Json::parse_leniently(item.text, place); };
      if (!record(parse, item.too_long, {}, place)) return false;
    }
    if (!reader.whole())
      counts_.add(Flaw::broken_line, fmt::format("{}: its array does not end where the file does", path));
    counts_.bytes_read = before + in.bytes_read();
    return true;
  }

  // What parse() gives; `line` is its text where that is a line, and else made of it.
  template <class Parse>
  bool record(const Parse& parse, bool too_long, std::string_view line, const std::string& place) {
    if (too_long) {
      counts_.add(Flaw::too_long, place);
      return true;
    }
    io::Json json;
    try {
      json = parse();
    } catch (const Error& error) {
      counts_.add(Flaw::broken_line, error.what());
      return true;
    }
    const io::Json* const value = json.find(key_);
    if (value == nullptr || !value->is_string()) {
      counts_.add(Flaw::without_text, value == nullptr
                                          ? fmt::format("{}: no '{}' in {}", place, key_, io::name_of(json.kind()))
                                          : fmt::format("{}: '{}' is {}", place, key_, io::name_of(value->kind())));
      return true;
    }
    const std::string made = line.empty() ? json.dump() : "";
    return document(value->as_string(), line.empty() ? made : line, place);
  }

  std::string key_;
  DocumentCounts& counts_;
  const OnDocument& on_document_;
};

}  // namespace

fs::path without_compression(const fs::path& path) {
  const std::string end = small_extension(path);
  return end == ".gz" || end == ".zst" || end == ".zstd" ? path.stem() : path.filename();
}

void DocumentCounts::add(Flaw flaw, std::string place) {
  Found& found = flaws[static_cast<size_t>(flaw)];
  ++found.count;
  if (found.first.size() < kNamed) found.first.push_back(std::move(place));
}

void DocumentCounts::tell(Log& log) const {
  for (size_t i = 0; i < kFlaws; ++i) {
    const Found& found = flaws[i];
    if (found.count == 0) continue;
    const bool more = found.count > static_cast<int64_t>(found.first.size());
    log.warn("{} {}{}", found.count, kFlawRows[i].what, more ? "; the first:" : ":");
    for (const std::string& place : found.first) log.warn("    {}", place);
  }
}

std::string DocumentCounts::summary() const {
  std::string all;
  for (size_t i = 0; i < kFlaws; ++i) {
    if (flaws[i].count == 0) continue;
    all += fmt::format("{}{} {}, the first: {}", all.empty() ? "" : "; ", flaws[i].count, kFlawRows[i].what,
                       flaws[i].first.front());
  }
  return all.empty() ? "" : fmt::format(" ({})", all);
}

io::Json DocumentCounts::to_json() const {
  io::Json met = io::Json::object();
  for (size_t i = 0; i < kFlaws; ++i) {
    if (flaws[i].count == 0) continue;
    io::Json first = io::Json::array();
    // Names of files may be any bytes.
    for (const std::string& place : flaws[i].first) first.append(text::replace_invalid_utf8(place));
    met[kFlawRows[i].name] = io::Json::object({{"count", flaws[i].count}, {"first", std::move(first)}});
  }
  return io::Json::object({{"files", files}, {"documents", documents}, {"bytes", bytes}, {"flaws", std::move(met)}});
}

std::vector<DocumentFile> document_files(const fs::path& path, DocumentCounts& counts, Pipes pipes) {
  std::error_code unseen;
  const fs::file_status there = fs::status(path, unseen);
  std::vector<DocumentFile> files;
  if (fs::is_directory(there)) {
    require(!io::is_there(path / "shards.json") || !io::is_there(path / "tokenizer.json"),
            "{} is a directory of token shards: name the texts that they were made of", path.string());
    find_in(path, files, counts);
    return files;
  }
  require(pipes == Pipes::taken || !fs::exists(there) || fs::is_regular_file(there),
          "{} is no regular file: a run that goes on reads its text again, write it into a file", path.string());
  require(fs::exists(there), "cannot read {}: there is no such file", path.string());
  files.push_back({.path = path, .lines = has_lines(path)});
  return files;
}

void read_documents(const std::vector<DocumentFile>& files, std::string_view key, DocumentCounts& counts,
                    const OnDocument& on_document) {
  Reading reading(key, counts, on_document);
  for (const DocumentFile& file : files) {
    if (!reading.file(file)) return;
  }
}

}  // namespace millet::data
