// SafetensorsWriter: the header is known before the first byte of data, so data go straight to the file.
#include <fmt/format.h>

#include <utility>

#include "millet/core/error.h"
#include "millet/io/json.h"
#include "millet/io/safetensors.h"

namespace millet::io {

static int64_t bytes_of(const SafetensorsSpec& tensor) {
  int64_t bytes = bytes_of(tensor.dtype);
  for (const int64_t dimension : tensor.shape) {
    require(dimension >= 0 && !__builtin_mul_overflow(bytes, dimension, &bytes), "tensor '{}' cannot be [{}]",
            tensor.name, fmt::join(tensor.shape, ", "));
  }
  return bytes;
}

static std::string header_of(const std::vector<SafetensorsSpec>& tensors,
                             const std::map<std::string, std::string>& metadata) {
  Json header = Json::object();
  if (!metadata.empty()) {
    for (const auto& [key, value] : metadata) header["__metadata__"][key] = value;
  }
  int64_t offset = 0;
  for (const SafetensorsSpec& tensor : tensors) {
    require(!tensor.name.empty() && tensor.name != "__metadata__" && !header.contains(tensor.name),
            "a tensor cannot be named '{}'{}", tensor.name, header.contains(tensor.name) ? ": it is taken" : "");
    require(offset % bytes_of(tensor.dtype) == 0,
            "tensor '{}' would begin at byte {}, which is no multiple of the size of {}: put wider elements first",
            tensor.name, offset, name_of(tensor.dtype));
    const int64_t end = offset + bytes_of(tensor);
    Json row = Json::object({{"dtype", name_of(tensor.dtype)}});
    row["shape"] = Json::array_of(tensor.shape);
    row["data_offsets"] = Json::array({offset, end});
    header[tensor.name] = std::move(row);
    offset = end;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');  // so that the data begin at a multiple of 8
  return text;
}

SafetensorsWriter::SafetensorsWriter(std::filesystem::path path, std::vector<SafetensorsSpec> tensors,
                                     const std::map<std::string, std::string>& metadata, Disk& disk)
    : file_(std::move(path), disk), tensors_(std::move(tensors)) {
  try {
    const std::string header = header_of(tensors_, metadata);
    const uint64_t length = header.size();
    file_.write(std::as_bytes(std::span(&length, 1)));
    file_.write(header);
  } catch (const Error& error) {
    throw error.within(fmt::format("while writing {}", file_.path().string()));
  }
  if (!tensors_.empty()) missing_ = bytes_of(tensors_[0]);
  skip_whole();
}

// Moves on from tensors that need no more bytes.
void SafetensorsWriter::skip_whole() {
  while (current_ < tensors_.size() && missing_ == 0) {
    ++current_;
    if (current_ < tensors_.size()) missing_ = bytes_of(tensors_[current_]);
  }
}

void SafetensorsWriter::write(std::string_view name, std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  require(current_ < tensors_.size(), "{}: all tensors are written, '{}' is one too many", file_.path().string(), name);
  require(tensors_[current_].name == name, "{}: tensor '{}' comes before '{}', {} bytes of it are missing",
          file_.path().string(), tensors_[current_].name, name, missing_);
  require(static_cast<int64_t>(bytes.size()) <= missing_, "{}: tensor '{}' gets {} bytes, {} are missing",
          file_.path().string(), name, bytes.size(), missing_);
  file_.write(bytes);
  missing_ -= static_cast<int64_t>(bytes.size());
  skip_whole();
}

void SafetensorsWriter::finish() {
  require(current_ == tensors_.size(), "{}: {} bytes of tensor '{}' were not written", file_.path().string(), missing_,
          current_ < tensors_.size() ? tensors_[current_].name : "");
  file_.commit();
}

}  // namespace millet::io
