// Directories as transactions: written beside, checksummed, synced, renamed. After a crash at any moment the directory
// is the old version or the new one, whole; and one that was altered later is found out.
//
//   Commit commit(run / "checkpoints/step-200");
//   commit.write("state.json", state.pretty());
//   SafetensorsWriter weights(commit / "model.safetensors", …);
//   commit.finish();
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "millet/io/disk.h"

namespace millet::io {

// One process at a time commits to one name.
class Commit {
 public:
  // Removes what an earlier, broken attempt at the same name left, and makes the directory ".<name>.partial" beside
  // it. Throws Error where `directory` exists and is not a committed one: nothing that others wrote is ever replaced.
  explicit Commit(std::filesystem::path directory, Disk& disk = Disk::real());
  Commit(const Commit&) = delete;
  Commit& operator=(const Commit&) = delete;
  ~Commit();  // unfinished: removes what was written

  // Where the file is written until finish(). Its writer closes it before.
  std::filesystem::path operator/(std::string_view name) const { return partial_ / name; }
  void write(std::string_view name, std::string_view bytes);

  // Writes checksums.json over all files, syncs everything, and gives the directory its name; an older version is
  // exchanged for the new one in one step. When this throws, `directory` is still the old version, or (where only the
  // last sync failed) the new one.
  void finish();

 private:
  Disk& disk_;
  std::filesystem::path directory_;
  std::filesystem::path partial_;
  bool finished_ = false;
};

// Makes a directory of these files (names and bytes), without checksums: after a crash at any moment it is not there,
// or whole. Missing directories above it are made. Throws Error where something has the name already.
void write_new_directory(std::filesystem::path directory, std::span<const std::pair<std::string, std::string>> files,
                         Disk& disk = Disk::real());

struct Damage {
  std::string file;  // within the directory
  std::string how;   // "is missing", "is torn: 100 of 200 bytes", "is altered: …"
};

// What is wrong with a committed directory; empty: every file is as it was committed. Files that were added are none
// of its business.
std::vector<Damage> verify(const std::filesystem::path& directory);

// Removes what broken attempts left in `parent`: its entries ".<name>.partial". Returns their names.
std::vector<std::string> remove_partials(const std::filesystem::path& parent, Disk& disk = Disk::real());

}  // namespace millet::io
