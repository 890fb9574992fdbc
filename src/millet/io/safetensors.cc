#include "millet/io/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>
#include <optional>
#include <tuple>

#include "millet/core/error.h"
#include "millet/core/fields.h"
#include "millet/io/json.h"

namespace millet::io {

namespace fs = std::filesystem;

static_assert(std::endian::native == std::endian::little, "the format is little-endian and is mapped as it is");

namespace {

constexpr uint64_t kMostHeaderBytes = 100'000'000;  // the format's own limit

std::optional<SafetensorsDtype> dtype_named(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(SafetensorsDtype::C64); ++i) {
    if (name_of(static_cast<SafetensorsDtype>(i)) == name) return static_cast<SafetensorsDtype>(i);
  }
  return std::nullopt;
}

// Bytes of a tensor, or none where a dimension is negative or the product leaves int64.
std::optional<int64_t> bytes_of(SafetensorsDtype dtype, std::span<const int64_t> shape) {
  int64_t bytes = bytes_of(dtype);
  for (const int64_t dimension : shape) {
    if (dimension < 0 || __builtin_mul_overflow(bytes, dimension, &bytes)) return std::nullopt;
  }
  return bytes;
}

// One row of the header: {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}.
SafetensorsEntry read_entry(const std::string& name, const Json& row, std::span<const std::byte> data,
                            std::string_view file) {
  SafetensorsEntry entry{.name = name, .file = std::string(file)};
  const std::string& dtype = row.at("dtype").as_string();
  const auto known = dtype_named(dtype);
  if (!known) {
    fail("{}: tensor '{}' has dtype {}, which no version of safetensors that is known here has", file, name, dtype);
  }
  entry.dtype = *known;
  entry.shape = row.at("shape").as_ints();
  const std::vector<int64_t> offsets = row.at("data_offsets").as_ints();
  require(offsets.size() == 2, "{}: tensor '{}' has {} data_offsets instead of two", file, name, offsets.size());
  const auto [begin, end] = std::pair(offsets[0], offsets[1]);
  require(0 <= begin && begin <= end && end <= static_cast<int64_t>(data.size()),
          "{}: tensor '{}' lies at bytes {} to {} of {}: the file is torn or damaged", file, name, begin, end,
          data.size());
  const auto bytes = bytes_of(entry.dtype, entry.shape);
  require(bytes == end - begin, "{}: tensor '{}' has {} bytes, which is not {} {}", file, name, end - begin, dtype,
          entry.shape_text());
  entry.bytes = data.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
  return entry;
}

}  // namespace

int64_t SafetensorsEntry::elements() const {
  return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
}

std::string SafetensorsEntry::shape_text() const {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

void SafetensorsEntry::require_shape(std::span<const int64_t> expected) const {
  require(std::equal(shape.begin(), shape.end(), expected.begin(), expected.end()),
          "{}: tensor '{}' is {}, expected [{}]", file, name, shape_text(), fmt::join(expected, ", "));
}

SafetensorsContents parse_safetensors(std::span<const std::byte> bytes, std::string_view name) {
  // Sizes are compared before anything is subtracted or read: nothing in these bytes is trusted.
  uint64_t header_bytes = 0;
  require(bytes.size() >= 8, "{}: {} bytes are no safetensors file", name, bytes.size());
  std::memcpy(&header_bytes, bytes.data(), 8);
  require(header_bytes <= kMostHeaderBytes, "{}: a header of {} bytes: this is no safetensors file", name,
          header_bytes);
  require(header_bytes <= bytes.size() - 8, "{}: the file is torn: its header has {} bytes, {} are there", name,
          header_bytes, bytes.size() - 8);
  const std::string_view header_text(reinterpret_cast<const char*>(bytes.data()) + 8, header_bytes);
  require(header_text.starts_with('{'), "{}: no safetensors file: its header does not begin with '{{'", name);
  const std::span<const std::byte> data = bytes.subspan(8 + header_bytes);

  const Json header = Json::parse(header_text, name);
  SafetensorsContents out;
  for (const auto& [key, value] : header.members()) {
    if (key == "__metadata__") {
      for (const auto& [what, text] : value.members()) out.metadata[what] = text.as_string();
    } else {
      out.entries.push_back(read_entry(key, value, data, name));
    }
  }

  // The data are the tensors one behind the other: no gap, no overlap, nothing behind the last.
  std::sort(out.entries.begin(), out.entries.end(), [](const SafetensorsEntry& a, const SafetensorsEntry& b) {
    return std::tuple(a.bytes.data(), a.bytes.size(), std::string_view(a.name)) <
           std::tuple(b.bytes.data(), b.bytes.size(), std::string_view(b.name));
  });
  const std::byte* reached = data.data();
  for (const SafetensorsEntry& entry : out.entries) {
    require(entry.bytes.data() == reached, "{}: tensor '{}' {} before it", name, entry.name,
            entry.bytes.data() < reached ? "overlaps the one" : "leaves a gap");
    reached += entry.bytes.size();
  }
  const auto behind = data.data() + data.size() - reached;
  require(behind == 0, "{}: {} bytes stand behind the last tensor{}", name, behind,
          out.entries.empty() ? "" : " '" + out.entries.back().name + "'");
  return out;
}

SafetensorsFile SafetensorsFile::open(const fs::path& path) {
  SafetensorsFile out;
  out.path_ = path;
  out.file_ = MappedFile(path);
  SafetensorsContents contents = parse_safetensors(out.file_.bytes(), path.string());
  out.entries_ = std::move(contents.entries);
  out.metadata_ = std::move(contents.metadata);
  out.by_name_.resize(out.entries_.size());
  std::iota(out.by_name_.begin(), out.by_name_.end(), size_t{0});
  std::sort(out.by_name_.begin(), out.by_name_.end(),
            [&](size_t a, size_t b) { return out.entries_[a].name < out.entries_[b].name; });
  return out;
}

const SafetensorsEntry* SafetensorsFile::find(std::string_view name) const {
  const auto at = std::lower_bound(by_name_.begin(), by_name_.end(), name,
                                   [&](size_t i, std::string_view wanted) { return entries_[i].name < wanted; });
  return at != by_name_.end() && entries_[*at].name == name ? &entries_[*at] : nullptr;
}

const SafetensorsEntry& SafetensorsFile::at(std::string_view name) const {
  if (const SafetensorsEntry* entry = find(name)) return *entry;
  std::vector<std::string> names;
  for (const SafetensorsEntry& entry : entries_) names.push_back(entry.name);
  const std::string near = nearest(name, names);
  if (near.empty()) fail("{}: there is no tensor '{}'", path_.string(), name);
  fail("{}: there is no tensor '{}', only '{}'", path_.string(), name, near);
}

}  // namespace millet::io
