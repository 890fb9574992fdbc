// Token shards: a corpus as token ids in files that are mapped, not read. Version 1, little-endian:
//   16 bytes    "MILLET_TOKENS", 0, version (1), width: bytes of a token (2 or 4)
//   tokens      [tokens] of this width, then zeros up to a multiple of 8 bytes
//   documents   [documents] uint64: where each one ends, in tokens from the file's first; the highest bit: held out
//   64 bytes    uint64 tokens, documents, vocabulary, 0; then the XXH3-128 of all bytes before it, 32 hexadecimal
//   digits
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "millet/io/checksum.h"
#include "millet/io/file.h"
#include "millet/io/mapped_file.h"

namespace millet::io {

class TokenShardWriter {
 public:
  // Tokens take two bytes each where the vocabulary has no more than 65,536, else four.
  TokenShardWriter(const std::filesystem::path& path, int64_t vocab_size, Disk& disk = Disk::real());

  // A document, whole. Requires ids below vocab_size.
  void add(std::span<const int32_t> tokens, bool held_out);
  int64_t tokens() const { return tokens_; }
  int64_t documents() const { return static_cast<int64_t>(ends_.size()); }

  // Gives the file its name. Without it nothing is left.
  void finish();

 private:
  void write(std::span<const std::byte> bytes);

  AtomicFile file_;
  Checksum checksum_;
  int64_t vocab_size_;
  size_t width_;
  int64_t tokens_ = 0;
  std::vector<uint64_t> ends_;
  std::vector<std::byte> buffer_;
};

class TokenShard {
 public:
  // Maps the file. Throws Error, naming it: it is none, of another version, or torn (its size is not what it says).
  explicit TokenShard(const std::filesystem::path& path);

  int64_t tokens() const { return tokens_; }
  int64_t documents() const { return documents_; }
  int64_t vocab_size() const { return vocab_size_; }
  int64_t width() const { return width_; }
  const std::string& checksum() const { return checksum_; }  // as the file says

  // Tokens [begin, begin + to.size()).
  void copy(int64_t begin, std::span<int32_t> to) const;
  struct Document {
    int64_t begin, end;  // tokens
    bool held_out;
  };
  Document document(int64_t index) const;

  // Reads the whole file. Throws Error: it was altered, ends that do not rise to the last token, an id beyond the
  // vocabulary. Until then only its size is known to be right.
  void verify() const;

 private:
  uint64_t end_of(int64_t index) const;
  [[noreturn]] void refuse(const std::string& what) const;

  std::string name_;
  MappedFile file_;
  int64_t tokens_ = 0, documents_ = 0, vocab_size_ = 0, width_ = 0;
  size_t ends_ = 0;  // offset of the documents
  std::string checksum_;
};

}  // namespace millet::io
