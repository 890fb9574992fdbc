#include "millet/io/commit.h"

#include <algorithm>

#include "millet/core/error.h"
#include "millet/io/checksum.h"
#include "millet/io/file.h"
#include "millet/io/json.h"

namespace millet::io {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kManifest = "checksums.json";

struct Contents {
  std::vector<std::string> files;        // relative to the directory, sorted
  std::vector<std::string> directories;  // inner ones behind what they hold
};

Contents contents(const fs::path& directory, const fs::path& inner = {}) {
  Contents out;
  for (const std::string& name : list_directory(directory / inner)) {
    const fs::path path = inner / name;
    std::error_code gone;
    if (!fs::is_directory(fs::symlink_status(directory / path, gone))) {
      out.files.push_back(path.string());
      continue;
    }
    Contents below = contents(directory, path);
    out.files.insert(out.files.end(), below.files.begin(), below.files.end());
    out.directories.insert(out.directories.end(), below.directories.begin(), below.directories.end());
    out.directories.push_back(path.string());
  }
  return out;
}

// The members of "files", checked: a manifest must not point out of its directory.
std::span<const Json::Member> listed_files(const Json& manifest) {
  for (const auto& [name, file] : manifest.at("files").members()) {
    const fs::path path(name);
    const bool inside = path.is_relative() && std::find(path.begin(), path.end(), "..") == path.end();
    if (!inside) file.refuse("is a path out of the directory");
  }
  return manifest.at("files").members();
}

// Replacing removes the old version, so everything in it must be known to be one.
void require_replaceable(const fs::path& directory) {
  std::error_code missing;
  const fs::file_status there = fs::status(directory, missing);
  if (!fs::exists(there)) return;
  require(fs::is_directory(there), "cannot write the directory {}: a file has that name", directory.string());
  const Contents old = contents(directory);
  if (old.files.empty() && old.directories.empty()) return;
  require(is_there(directory / kManifest),
          "{} exists and is no directory that Millet wrote: choose another name, or remove it", directory.string());
  const Json manifest = read_json(directory / kManifest);
  for (const std::string& file : old.files) {
    require(file == kManifest || manifest.at("files").contains(file),
            "{} holds {}, which Millet did not write there: move it away before {} is replaced", directory.string(),
            file, directory.string());
  }
}

}  // namespace

Commit::Commit(fs::path directory, Disk& disk) : disk_(disk), directory_(std::move(directory)) {
  if (!directory_.has_filename()) directory_ = directory_.parent_path();  // "name/"
  require(directory_.has_filename(), "cannot write the directory '{}': it has no name", directory_.string());
  partial_ = partial_path(directory_);
  require_replaceable(directory_);
  disk_.remove_all(partial_);
  disk_.make_directory(partial_);
}

Commit::~Commit() {
  if (finished_) return;
  try {
    disk_.remove_all(partial_);
  } catch (const Error&) {  // the next attempt removes it
  }
}

void Commit::write(std::string_view name, std::string_view bytes) {
  write_file_atomically(partial_ / name, bytes, disk_);
}

void Commit::finish() {
  Json files = Json::object();
  // Files are read back, not hashed while they are written: so any writer may write them, and what is promised is what
  // the system gives back. They are still in memory, and XXH3 takes a fraction of the time that syncing does.
  const Contents written = contents(partial_);
  for (const std::string& name : written.files) {
    const FileChecksum file = checksum_of_file(partial_ / name);
    files[name] = Json::object({{"bytes", file.bytes}, {"checksum", file.text}});
    disk_.sync_file(partial_ / name);
  }
  Json manifest = Json::object({{"algorithm", "xxh3-128"}});
  manifest["files"] = std::move(files);
  write(kManifest, manifest.pretty());
  for (const std::string& inner : written.directories) disk_.sync_directory(partial_ / inner);
  disk_.sync_directory(partial_);

  require_replaceable(directory_);  // once more: writing may have taken long
  const bool replaces = is_there(directory_);
  if (replaces)
    disk_.exchange(partial_, directory_);
  else
    disk_.rename(partial_, directory_);
  finished_ = true;  // from here on the new version stands, whatever fails
  disk_.sync_directory(directory_.parent_path());
  if (!replaces) return;
  try {
    disk_.remove_all(partial_);  // the old version
  } catch (const Error&) {       // the new version stands all the same; the next commit removes it
  }
}

void write_new_directory(fs::path directory, std::span<const std::pair<std::string, std::string>> files, Disk& disk) {
  if (!directory.has_filename()) directory = directory.parent_path();  // "name/"
  require(directory.has_filename(), "cannot write the directory '{}': it has no name", directory.string());
  require(!is_there(directory), "cannot write the directory {}: it exists already", directory.string());
  disk.make_directories(directory.parent_path());
  const fs::path partial = partial_path(directory);
  disk.remove_all(partial);
  disk.make_directory(partial);
  try {
    for (const auto& [name, bytes] : files) write_file_atomically(partial / name, bytes, disk);
    disk.sync_directory(partial);
    disk.rename(partial, directory);
  } catch (const Error&) {
    try {
      disk.remove_all(partial);
    } catch (const Error&) {  // the next attempt removes it
    }
    throw;
  }
  disk.sync_directory(directory.parent_path());
}

std::vector<Damage> verify(const fs::path& directory) {
  std::vector<Damage> out;
  try {
    const Json manifest = read_json(directory / kManifest);
    for (const auto& [name, listed] : listed_files(manifest)) {
      const int64_t bytes = listed.at("bytes").as_int();
      const std::string& expected = listed.at("checksum").as_string();
      if (!is_there(directory / name)) {
        out.push_back({name, "is missing"});
        continue;
      }
      try {
        const FileChecksum found = checksum_of_file(directory / name);
        if (found.bytes != bytes) {
          out.push_back({name, fmt::format("is {}: {} of {} bytes", found.bytes < bytes ? "torn" : "too long",
                                           found.bytes, bytes)});
        } else if (found.text != expected) {
          out.push_back({name, fmt::format("is altered: its checksum is {}, not {}", found.text, expected)});
        }
      } catch (const Error& error) {
        out.push_back({name, fmt::format("cannot be read: {}", error.what())});
      }
    }
  } catch (const Error& error) {
    const bool there = is_there(directory / kManifest);
    out.push_back({std::string(kManifest), there ? fmt::format("is damaged: {}", error.what()) : "is missing"});
  }
  return out;
}

std::vector<std::string> remove_partials(const fs::path& parent, Disk& disk) {
  std::vector<std::string> names;
  for (std::string& name : list_directory(parent)) {
    if (name.size() > 9 && name.starts_with('.') && name.ends_with(".partial")) names.push_back(std::move(name));
  }
  for (const std::string& name : names) disk.remove_all(parent / name);
  return names;
}

}  // namespace millet::io
