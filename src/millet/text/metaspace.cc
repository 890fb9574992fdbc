#include "millet/text/metaspace.h"

#include "millet/text/utf8.h"

namespace millet::text {

static Metaspace::Prefix read_prefix(const io::Json& json) {
  if (!json.bool_or("add_prefix_space", true)) return Metaspace::Prefix::never;  // as older files have it
  const std::string scheme = json.string_or("prepend_scheme", "always");
  if (scheme == "never") return Metaspace::Prefix::never;
  if (scheme == "first") return Metaspace::Prefix::first;
  if (scheme != "always") json.at("prepend_scheme").refuse("is '{}': never, first and always are known", scheme);
  return Metaspace::Prefix::always;
}

Metaspace Metaspace::read(const io::Json& json) {
  const std::string character = json.string_or("replacement", "\u2581");
  if (character.empty() || utf8_at(character, 0).bytes != character.size())
    json.at("replacement").refuse("is '{}': one character is wanted", character);
  return {.character = character, .prefix = read_prefix(json), .split = json.bool_or("split", true)};
}

}  // namespace millet::text
