// JSONL: one JSON value a line, appended while a run goes on, readable after a crash at any moment.
#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "millet/core/log.h"
#include "millet/io/disk.h"
#include "millet/io/json.h"

namespace millet::io {

// One writer at a time. A crash of the process loses no line that append() returned from; a crash of the machine none
// that sync() returned from.
class JsonlWriter {
 public:
  // Opens to append, making the file if it is missing. What a crash left of a torn last line is cut off first.
  explicit JsonlWriter(std::filesystem::path path, Disk& disk = Disk::real());
  JsonlWriter(JsonlWriter&& other) noexcept;
  JsonlWriter& operator=(JsonlWriter&&) = delete;
  ~JsonlWriter();

  int64_t cut_bytes() const { return cut_bytes_; }  // of a torn last line that was found
  // Throws Error: the disk is full (no part of the line stays), a value that JSON cannot hold.
  void append(const Json& value);
  void sync();

 private:
  Disk* disk_;
  std::filesystem::path path_;
  int file_;
  int64_t size_ = 0;  // up to the last whole line
  int64_t cut_bytes_ = 0;
};

// Reads line by line; blank lines are passed over.
class JsonlReader {
 public:
  explicit JsonlReader(std::filesystem::path path);

  struct Line {
    Json value;      // its errors name "file:line: path"
    int64_t number;  // from 1
    int64_t offset;  // of its first byte in the file
  };

  // The next line, or none at the end. Throws Error "file:line:column: what" for a line that is no JSON; but a last
  // line without its line break, which a crash tore, is the end, and torn() tells of it.
  std::optional<Line> next();

  // After the end: "file:118: the last line is torn, 37 bytes are dropped", or "".
  const std::string& torn() const { return torn_; }

 private:
  std::filesystem::path path_;
  std::ifstream in_;
  int64_t number_ = 0;
  int64_t offset_ = 0;
  std::string torn_;
};

// All values; a torn last line is left out and `log` warned.
std::vector<Json> read_jsonl(const std::filesystem::path& path, Log& log = Log::silent());

}  // namespace millet::io
