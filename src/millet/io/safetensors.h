// safetensors: named tensors in one file, or in several with an index. Mapped for reading, streamed for writing.
// Format: https://github.com/huggingface/safetensors (8 bytes of length, a JSON header, then the data without gaps).
//
//   const auto model = SafetensorsDirectory::open(dir);
//   const SafetensorsEntry& norm = model.at("model.norm.weight");
//   std::vector<float> weight = to_f32(norm);
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "millet/io/disk.h"
#include "millet/io/file.h"
#include "millet/io/mapped_file.h"

namespace millet::io {

// Element types as the files name them; DType says what Millet computes with.
enum class SafetensorsDtype : uint8_t {
  F64,
  F32,
  F16,
  BF16,
  I64,
  I32,
  U8,
  BOOL,
  F8_E4M3,
  F8_E5M2,
  F8_E8M0,
  I16,
  I8,
  U64,
  U32,
  U16,
  C64
};

std::string_view name_of(SafetensorsDtype dtype);
int64_t bytes_of(SafetensorsDtype dtype);

struct SafetensorsEntry {
  std::string name;
  SafetensorsDtype dtype = SafetensorsDtype::F32;
  std::vector<int64_t> shape;        // empty: one number
  std::span<const std::byte> bytes;  // inside the mapped file; may begin at any address
  std::string file;                  // for errors

  int64_t elements() const;
  std::string shape_text() const;  // "[64, 128]"
  // Refuses a tensor of another shape by its name and file.
  void require_shape(std::span<const int64_t> expected) const;
};

// Values as f32, rounded to nearest where they are F64. From F64, F32, BF16, F16, F8_E4M3 and F8_E8M0; Error names the
// tensor for others. out: as many as the tensor has elements, or as are wanted of them from `first` on.
void to_f32(const SafetensorsEntry& entry, std::span<float> out);
void to_f32(const SafetensorsEntry& entry, int64_t first, std::span<float> out);
std::vector<float> to_f32(const SafetensorsEntry& entry);
std::vector<double> to_f64(const SafetensorsEntry& entry);  // the same without rounding

// One file. Entries stay valid while it lives and when it moves.
class SafetensorsFile {
 public:
  // Throws Error naming file and tensor: a header that is torn, too large (100 MB) or wrong, an unknown dtype, offsets
  // that overlap, leave a gap, lie outside or don't fit shape and dtype.
  static SafetensorsFile open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  const std::vector<SafetensorsEntry>& entries() const { return entries_; }  // in the order of their data
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  const SafetensorsEntry* find(std::string_view name) const;  // null pointer: there is none
  const SafetensorsEntry& at(std::string_view name) const;    // Error names file, tensor and the nearest one

 private:
  std::filesystem::path path_;
  MappedFile file_;
  std::vector<SafetensorsEntry> entries_;
  std::vector<size_t> by_name_;
  std::map<std::string, std::string> metadata_;
};

// What the bytes of a file say; the spans point into them. `name` stands for the file in errors.
struct SafetensorsContents {
  std::vector<SafetensorsEntry> entries;
  std::map<std::string, std::string> metadata;
};
SafetensorsContents parse_safetensors(std::span<const std::byte> bytes, std::string_view name);

// Weights of other kinds that a directory without these holds, and what makes these of them, behind "; "; "": none.
std::string other_weights_in(const std::filesystem::path& directory);

// A model directory: model.safetensors, or the shards that model.safetensors.index.json names.
class SafetensorsDirectory {
 public:
  // Throws Error: neither is there, a shard is missing, or lacks a tensor that the index says it holds, a tensor stands
  // in another shard than the index says, or in two and not in the index.
  static SafetensorsDirectory open(const std::filesystem::path& directory);

  const std::filesystem::path& path() const { return path_; }
  const std::vector<SafetensorsFile>& files() const { return files_; }
  const std::vector<const SafetensorsEntry*>& entries() const { return entries_; }  // sorted by name
  // Those of them that no index lists though it names their shard; sorted by name.
  const std::vector<const SafetensorsEntry*>& unlisted() const { return unlisted_; }
  const SafetensorsEntry* find(std::string_view name) const;
  const SafetensorsEntry& at(std::string_view name) const;

 private:
  std::filesystem::path path_;
  std::vector<SafetensorsFile> files_;
  std::vector<const SafetensorsEntry*> entries_, unlisted_;
};

struct SafetensorsSpec {
  std::string name;
  SafetensorsDtype dtype = SafetensorsDtype::F32;
  std::vector<int64_t> shape;
};

// Writes tensors in the order in which they are declared, part by part: never more in memory than the caller holds.
// The file gets its name in finish(); given up before, it leaves nothing behind.
class SafetensorsWriter {
 public:
  // Throws Error: a name twice, a dimension below zero, a tensor whose place is no multiple of its element size (put
  // wider elements first: PyTorch reads a tensor in place).
  SafetensorsWriter(std::filesystem::path path, std::vector<SafetensorsSpec> tensors,
                    const std::map<std::string, std::string>& metadata = {{"format", "pt"}}, Disk& disk = Disk::real());

  // The next bytes of `name`, all or a part. Tensors come in their order, each whole before the next.
  void write(std::string_view name, std::span<const std::byte> bytes);
  void write(std::string_view name, std::span<const float> values) { write(name, std::as_bytes(values)); }
  void finish();  // Error: a tensor is not whole

 private:
  AtomicFile file_;
  std::vector<SafetensorsSpec> tensors_;
  size_t current_ = 0;   // the tensor that is written
  int64_t missing_ = 0;  // bytes of it
  void skip_whole();
};

}  // namespace millet::io
