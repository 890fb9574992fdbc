#include "millet/io/jsonl.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "millet/core/error.h"
#include "millet/io/file.h"

namespace millet::io {

namespace fs = std::filesystem;

// Is what stands behind the last line break a whole line, though its line break is missing? Only an object or array
// shows its end: of 123, nobody can tell whether it was 1234.
static bool whole(std::string_view rest) {
  try {
    const Json value = Json::parse(rest);
    return value.is_object() || value.is_array();
  } catch (const Error&) {
    return false;
  }
}

JsonlWriter::JsonlWriter(fs::path path, Disk& disk) : disk_(&disk), path_(std::move(path)) {
  std::string rest;  // behind the last line break
  const bool is_new = !is_there(path_);
  if (!is_new) {
    std::ifstream in(path_, std::ios::binary);
    while (std::getline(in, rest)) {
      size_ += static_cast<int64_t>(rest.size()) + 1;
      if (in.eof()) break;  // no line break stands behind it
      rest.clear();
    }
    if (!rest.empty()) size_ -= static_cast<int64_t>(rest.size()) + 1;
  }
  file_ = disk_->open_to_append(path_);
  try {
    if (is_new) disk_->sync_directory(path_.parent_path());  // or sync() would keep the lines and lose the name
    if (rest.empty()) return;
    if (whole(rest)) {
      disk_->write(file_, std::as_bytes(std::span(std::string_view("\n"))), path_);
      size_ += static_cast<int64_t>(rest.size()) + 1;
    } else {
      disk_->truncate(file_, size_, path_);
      cut_bytes_ = static_cast<int64_t>(rest.size());
    }
  } catch (...) {
    ::close(file_);
    throw;
  }
}

JsonlWriter::JsonlWriter(JsonlWriter&& other) noexcept
    : disk_(other.disk_),
      path_(std::move(other.path_)),
      file_(std::exchange(other.file_, -1)),
      size_(other.size_),
      cut_bytes_(other.cut_bytes_) {}

JsonlWriter::~JsonlWriter() {
  if (file_ >= 0) ::close(file_);
}

void JsonlWriter::append(const Json& value) {
  std::string line = value.dump();
  line += '\n';
  try {
    disk_->write(file_, std::as_bytes(std::span(line)), path_);
  } catch (const Error&) {
    // Half a line may have been written: the next append must not continue it.
    try {
      disk_->truncate(file_, size_, path_);
    } catch (const Error&) {  // then the next opening cuts it
    }
    throw;
  }
  size_ += static_cast<int64_t>(line.size());
}

void JsonlWriter::sync() {
  disk_->sync(file_, path_);
}

JsonlReader::JsonlReader(fs::path path) : path_(std::move(path)), in_(path_, std::ios::binary) {
  if (!in_) {
    fail("cannot read {}: {}", path_.string(), is_there(path_) ? strerror(errno) : "there is no such file");
  }
  std::error_code ignored;
  require(!fs::is_directory(path_, ignored), "cannot read {}: it is a directory", path_.string());
}

std::optional<JsonlReader::Line> JsonlReader::next() {
  std::string text;
  while (std::getline(in_, text)) {
    const int64_t offset = offset_;
    ++number_;
    offset_ += static_cast<int64_t>(text.size()) + 1;
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (in_.eof() && !whole(text)) {
      torn_ = fmt::format("{}:{}: the last line is torn, {} bytes are dropped", path_.string(), number_, text.size());
      return std::nullopt;
    }
    return Line{Json::parse(text, path_.string(), number_), number_, offset};
  }
  if (in_.bad()) fail_own("cannot read {} beyond line {}: {}", path_.string(), number_, strerror(errno));
  return std::nullopt;
}

std::vector<Json> read_jsonl(const fs::path& path, Log& log) {
  JsonlReader reader(path);
  std::vector<Json> out;
  while (auto line = reader.next()) out.push_back(std::move(line->value));
  if (!reader.torn().empty()) log.warn("{}", reader.torn());
  return out;
}

}  // namespace millet::io
