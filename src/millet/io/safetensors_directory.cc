// Model directories: one safetensors file, or shards and their index.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "millet/core/error.h"
#include "millet/io/json.h"
#include "millet/io/safetensors.h"

namespace millet::io {

namespace fs = std::filesystem;

static constexpr std::string_view kSingle = "model.safetensors";
static constexpr std::string_view kIndex = "model.safetensors.index.json";

std::string other_weights_in(const fs::path& directory) {
  if (is_there(directory / "adapter_config.json"))
    return "; adapter_config.json is a LoRA adapter's: have PEFT merge it into its model, and save that";
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(directory, unreadable)) {
    const fs::path& file = entry.path();
    if (file.extension() == ".gguf")
      return fmt::format("; {} is of llama.cpp: take the model's original directory", file.filename().string());
    if (file.extension() == ".bin" && file.filename().string().starts_with("pytorch_model"))
      return fmt::format("; {} is pickled: have `transformers` load and save the model, which writes safetensors",
                         file.filename().string());
  }
  return "";
}

SafetensorsDirectory SafetensorsDirectory::open(const fs::path& directory) {
  SafetensorsDirectory out;
  out.path_ = directory;
  std::error_code missing;
  require(fs::is_directory(directory, missing), "{}: there is no such directory", directory.string());
  if (is_there(directory / kSingle)) {  // goes before an index, as in transformers
    out.files_.push_back(SafetensorsFile::open(directory / kSingle));
    for (const SafetensorsEntry& entry : out.files_.back().entries()) out.entries_.push_back(&entry);
  } else {
    require(is_there(directory / kIndex), "{}: no weights here: neither {} nor {}{}", directory.string(), kSingle,
            kIndex, other_weights_in(directory));
    const Json index = read_json(directory / kIndex);
    const Json& shard_of = index.at("weight_map");
    std::map<std::string, size_t> shards;  // the number of each in files_
    for (const auto& [name, shard] : shard_of.members()) {
      const std::string& file = shard.as_string();
      if (file.empty() || fs::path(file).filename() != file || file == "..") shard.refuse("is no plain file name");
      if (!shards.try_emplace(file, out.files_.size()).second) continue;
      require(is_there(directory / file), "{}: the shard {} is missing, which {} names for '{}'", directory.string(),
              file, kIndex, name);
      out.files_.push_back(SafetensorsFile::open(directory / file));
    }
    for (const auto& [name, shard] : shard_of.members()) {
      const SafetensorsFile& file = out.files_[shards.at(shard.as_string())];
      const SafetensorsEntry* entry = file.find(name);
      require(entry != nullptr, "{}: there is no tensor '{}', though {} says so", file.path().string(), name, kIndex);
      out.entries_.push_back(entry);
    }
    for (const SafetensorsFile& file : out.files_) {
      for (const SafetensorsEntry& entry : file.entries()) {
        const Json* listed = shard_of.find(entry.name);
        if (listed == nullptr) {
          out.unlisted_.push_back(&entry);
          continue;
        }
        require(listed->as_string() == file.path().filename(), "{}: tensor '{}' stands here, but {} names {}",
                file.path().string(), entry.name, kIndex, listed->as_string());
      }
    }
  }
  const auto by_name = [](const SafetensorsEntry* a, const SafetensorsEntry* b) { return a->name < b->name; };
  std::sort(out.unlisted_.begin(), out.unlisted_.end(), by_name);
  for (size_t i = 1; i < out.unlisted_.size(); ++i) {
    const SafetensorsEntry &a = *out.unlisted_[i - 1], &b = *out.unlisted_[i];
    require(a.name != b.name, "tensor '{}' stands in {} and in {}, and {} lists neither", a.name, a.file, b.file,
            kIndex);
  }
  out.entries_.insert(out.entries_.end(), out.unlisted_.begin(), out.unlisted_.end());
  std::sort(out.entries_.begin(), out.entries_.end(), by_name);
  return out;
}

const SafetensorsEntry* SafetensorsDirectory::find(std::string_view name) const {
  const auto at =
      std::lower_bound(entries_.begin(), entries_.end(), name,
                       [](const SafetensorsEntry* entry, std::string_view wanted) { return entry->name < wanted; });
  return at != entries_.end() && (*at)->name == name ? *at : nullptr;
}

const SafetensorsEntry& SafetensorsDirectory::at(std::string_view name) const {
  if (const SafetensorsEntry* entry = find(name)) return *entry;
  fail("{}: there is no tensor '{}' among its {}", path_.string(), name, entries_.size());
}

}  // namespace millet::io
