// The tokens that tokenizer_config.json adds to those of tokenizer.json.
#pragma once

#include <filesystem>

#include "millet/io/json.h"

namespace millet::text {

// A directory's tokenizer_config.json, with the parts as special_tokens_map.json has them unless it lists its tokens in
// "added_tokens_decoder", which older versions of `transformers` did not write; null where there is neither. Throws
// Error: one that is no JSON object.
io::Json read_tokenizer_config(const std::filesystem::path& directory);

// What `transformers` makes of a vocabulary without tokenizer.json. Appends to "added_tokens" of a tokenizer.json, in
// this order and where they are not there already: what "added_tokens_decoder" lists, by its ids, and where it gives a
// token other rules, these; then the tokens with a part, "bos_token" and its like, and those of
// "additional_special_tokens" and "extra_special_tokens", all special. Ids are left to the reader, who numbers added
// tokens by their order. A leading space that "add_prefix_space" asks for or forbids is the ByteLevel pre-tokenizer's.
// `config`: null for none. Throws Error naming the place: what is malformed.
void add_configured_tokens(io::Json& tokenizer, const io::Json& config);

// Beside a tokenizer.json, which alone decides what a text becomes, as in `tokenizers`: appends the tokens with a part
// that are neither in its vocabulary nor added, such as a "[PAD]" of whoever tuned the model. As above otherwise.
void add_missing_parts(io::Json& tokenizer, const io::Json& config);

}  // namespace millet::text
