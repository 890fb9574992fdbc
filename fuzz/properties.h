// What must hold for any bytes at all: the reader refuses them with an Error that names the place, or what it read
// keeps its promises. Broken, a property throws std::logic_error. The fuzzers and the mutation tests share these.
#pragma once

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "millet/core/error.h"
#include "millet/core/fields.h"
#include "millet/io/decompress.h"
#include "millet/io/json.h"
#include "millet/io/safetensors.h"
#include "millet/io/token_shard.h"
#include "millet/io/toml.h"
#include "millet/io/utf8.h"

namespace millet::fuzz {

inline void must(bool holds, const std::string& what) {
  if (!holds) throw std::logic_error(what);
}

// A refusal is the user's, names the input, and can be shown.
inline void check_refusal(const Error& error) {
  const std::string_view text = error.what();
  must(error.fault() == Fault::input, "not the input's fault: " + std::string(text));
  must(text.starts_with("input:"), "does not name the input: " + std::string(text));
  must(io::invalid_utf8(text) == std::string_view::npos, "an error that is not UTF-8");
}

// What parses is written and read back equal, and is written the same way again.
inline void check_json(std::string_view text) {
  io::Json value;
  try {
    value = io::Json::parse(text, "input");
  } catch (const Error& error) {
    check_refusal(error);
    return;
  }
  const std::string written = value.dump();
  const io::Json again = io::Json::parse(written);
  must(again == value, "not equal after dump: " + written);
  must(again.dump() == written, "dump changes: " + written);
  must(io::Json::parse(value.pretty()) == value, "not equal after pretty: " + written);
}

// What opens, opens to the same text whatever the pieces that it comes in; and never more than the room given.
inline void check_archive(std::string_view archive) {
  const auto opened = [&](io::Decompressor& d, size_t piece, size_t room) -> std::optional<std::string> {
    std::string text, out(room, '\0');
    try {
      for (std::string_view rest = archive; text.size() < (1u << 22);) {
        const io::Decompressor::Moved moved = d.run(rest.substr(0, piece), out);
        must(moved.read <= std::min(piece, rest.size()) && moved.written <= room, "more than it was given");
        text.append(out, 0, moved.written);
        rest.remove_prefix(moved.read);
        if (rest.empty() && moved.written == 0) break;
        must(moved.read + moved.written > 0, "it stands still");
      }
    } catch (const Error& error) {
      must(error.fault() == Fault::input, std::string("not the input's fault: ") + error.what());
      return std::nullopt;
    }
    return text.substr(0, 1u << 22);
  };
  for (const auto& make : {io::make_gzip_decompressor, io::make_zstd_decompressor})
    must(opened(*make(), archive.size() + 1, 1000) == opened(*make(), 7, 1000), "another text in other pieces");
}

// A shard that opens has the size that it says; one that verifies can be read from its first document to its last.
inline void check_token_shard(std::string_view bytes, const std::filesystem::path& path) {
  std::ofstream(path, std::ios::binary) << bytes;
  try {
    const io::TokenShard shard(path);
    shard.verify();
    int64_t tokens = 0;
    for (int64_t i = 0; i < shard.documents(); ++i) {
      const io::TokenShard::Document d = shard.document(i);
      must(d.begin == tokens && d.end > d.begin, "documents do not follow one another");
      std::vector<int32_t> ids(static_cast<size_t>(d.end - d.begin));
      shard.copy(d.begin, ids);
      for (const int32_t id : ids) must(id >= 0 && id < shard.vocab_size(), "an id beyond the vocabulary");
      tokens = d.end;
    }
    must(tokens == shard.tokens(), "documents do not cover the tokens");
  } catch (const Error& error) {
    must(error.fault() == Fault::input, std::string("not the input's fault: ") + error.what());
    must(std::string_view(error.what()).find(path.string()) != std::string_view::npos, "does not name the file");
  }
}

struct Part {
  double share = 1;
  void fields(Fields& f) { f("share", share, "of the mix"); }
};

struct Recipe {
  bool resume = true;
  int64_t steps = 100;
  double lr = 1e-3;
  std::string schedule = "v3";
  std::vector<std::string> stop;
  std::vector<double> betas;
  Part part;
  std::map<std::string, Part> mix;
  void fields(Fields& f) {
    f("resume", resume, "go on");
    f("steps", steps, "optimizer steps");
    f("lr", lr, "learning rate");
    f("schedule", schedule, "shape", {"v3", "constant"});
    f("stop", stop, "strings");
    f("betas", betas, "decay");
    f.section("part", part, "a section");
    f.map("mix", mix, "sources");
  }
};

// What is accepted is, resolved and read again, the same recipe.
inline void check_toml(std::string_view text) {
  Recipe recipe;
  Fields fields;
  recipe.fields(fields);
  try {
    io::read_toml_text(text, "input", fields);
  } catch (const Error& error) {
    check_refusal(error);
    return;
  }
  const std::string resolved = fields.resolved_toml();
  Recipe again;
  Fields fields_again;
  again.fields(fields_again);
  io::read_toml_text(resolved, "resolved", fields_again);
  for (const Field& field : fields.all()) {
    const Field* other = fields_again.find(field.path);
    must(other != nullptr, "lost: " + field.path + " in\n" + resolved);
    must(to_string(other->value()) == to_string(field.value()), "changed: " + field.path + " in\n" + resolved);
  }
}

// Every tensor lies inside the bytes, as large as it says, and together they are all of the data.
inline void check_safetensors(std::span<const std::byte> bytes) {
  io::SafetensorsContents contents;
  try {
    contents = io::parse_safetensors(bytes, "input");
  } catch (const Error& error) {
    check_refusal(error);
    return;
  }
  size_t total = 0;
  for (const io::SafetensorsEntry& entry : contents.entries) {
    must(static_cast<int64_t>(entry.bytes.size()) == entry.elements() * bytes_of(entry.dtype), "size of " + entry.name);
    total += entry.bytes.size();
    unsigned sum = 0;
    for (const std::byte b : entry.bytes) sum += static_cast<unsigned>(b);  // reads each: a sanitizer sees it
    must(sum <= 255 * entry.bytes.size(), "sum");
    try {
      must(static_cast<int64_t>(to_f32(entry).size()) == entry.elements(), "to_f32 of " + entry.name);
    } catch (const Error& error) {
      check_refusal(error);
    }
  }
  uint64_t header = 0;
  std::memcpy(&header, bytes.data(), 8);
  must(total + header + 8 == bytes.size(), "bytes that no tensor holds");
}

}  // namespace millet::fuzz
