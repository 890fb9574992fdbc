#include "millet/io/decompress.h"

namespace millet::io {

Compression compression_of(std::string_view first) {
  if (first.starts_with("\x1F\x8B")) return Compression::gzip;
  if (first.starts_with("\x28\xB5\x2F\xFD")) return Compression::zstd;
  // A skippable frame, 184D2A5? in little-endian order: pzstd begins with one.
  const bool skippable = first.size() >= 4 && (static_cast<unsigned char>(first[0]) & 0xF0) == 0x50 &&
                         first.substr(1, 3) == "\x2A\x4D\x18";
  return skippable ? Compression::zstd : Compression::none;
}

std::string_view name_of(Compression compression) {
  return compression == Compression::gzip ? "gzip" : compression == Compression::zstd ? "zstd" : "none";
}

}  // namespace millet::io
