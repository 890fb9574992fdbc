#include "millet/text/detokenizer.h"

#include <algorithm>

#include "millet/core/error.h"

namespace millet::text {

Detokenizer::Detokenizer(const Tokenizer& tokenizer, DetokenizerOptions options)
    : tokenizer_(tokenizer), options_(std::move(options)) {
  for (const std::string& stop : options_.stops)
    require(!stop.empty(), "a stop string is empty: it would end every text");
}

std::string Detokenizer::push(int32_t id) {
  if (stopped()) return "";
  std::string text;
  const bool shown = std::find(options_.shown.begin(), options_.shown.end(), id) != options_.shown.end();
  tokenizer_.decode_next(state_, id, {.skip_special = options_.skip_special && !shown}, text);
  return accept(text);
}

std::string Detokenizer::finish() {
  if (stopped()) return "";
  std::string text;
  tokenizer_.decode_end(state_, text);
  std::string out = accept(text);
  out += kept_;
  kept_.clear();
  return out;
}

// How many of the last bytes of `text` could be the beginning of `stop`.
static size_t overlap(std::string_view text, std::string_view stop) {
  size_t length = std::min(text.size(), stop.size() - 1);
  while (length > 0 && !text.ends_with(stop.substr(0, length))) --length;
  return length;
}

// Stops are looked for byte by byte, so that it makes no difference how much comes at once.
std::string Detokenizer::accept(std::string_view text) {
  if (options_.stops.empty()) return std::string(text);
  for (const char c : text) {
    kept_ += c;
    for (const std::string& stop : options_.stops) {
      if (kept_.ends_with(stop) && stop.size() > stop_.size()) stop_ = stop;
    }
    if (!stopped()) continue;
    kept_.resize(kept_.size() - stop_.size());
    return std::exchange(kept_, {});
  }
  size_t keep = 0;
  for (const std::string& stop : options_.stops) keep = std::max(keep, overlap(kept_, stop));
  std::string out = kept_.substr(0, kept_.size() - keep);
  kept_.erase(0, out.size());
  return out;
}

}  // namespace millet::text
