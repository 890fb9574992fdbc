#include "millet/data/fill_in_middle.h"

#include <algorithm>
#include <array>
#include <string>

#include "millet/core/error.h"
#include "millet/core/rng.h"
#include "millet/io/checksum.h"

namespace millet::data {
namespace {

// What stands before prefix, suffix and middle.
struct Marks {
  std::string_view prefix, suffix, middle;
};
constexpr std::array<Marks, 4> kKnownMarks = {{
    {"<|fim_begin|>", "<|fim_hole|>", "<|fim_end|>"},        // DeepSeek-V3 §4.1
    {"<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"},  // DeepSeek's files
    {"<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"},  // Qwen2.5
    {"<fim_prefix>", "<fim_suffix>", "<fim_middle>"},        // StarCoder
}};

// Added tokens alone: of a mark that the vocabulary spells in pieces there is no one id.
int32_t mark_of(const text::Tokenizer& tokenizer, std::string_view name) {
  const auto id = tokenizer.id_of(name);
  return id && tokenizer.added(*id) != nullptr ? *id : -1;
}

// Where the n-th character of the text begins.
size_t byte_of_character(std::string_view text, int64_t n) {
  size_t at = 0;
  for (; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) continue;
    if (n-- == 0) break;
  }
  return at;
}

int64_t characters_of(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

}  // namespace

FillInMiddle::FillInMiddle(const text::Tokenizer& tokenizer, double rate, uint64_t seed)
    : tokenizer_(tokenizer), rate_(rate), seed_(seed) {
  if (rate <= 0) return;
  const Marks* nearest = &kKnownMarks[0];
  int most = -1;
  for (const Marks& marks : kKnownMarks) {
    begin_ = mark_of(tokenizer, marks.prefix);
    hole_ = mark_of(tokenizer, marks.suffix);
    end_ = mark_of(tokenizer, marks.middle);
    const int found = (begin_ >= 0 ? 1 : 0) + (hole_ >= 0 ? 1 : 0) + (end_ >= 0 ? 1 : 0);
    if (found == 3) return;
    if (found > most) nearest = &marks;
    most = std::max(most, found);
  }
  std::string lacks;
  for (const std::string_view name : {nearest->prefix, nearest->suffix, nearest->middle}) {
    if (mark_of(tokenizer, name) < 0) lacks += fmt::format("{}{}", lacks.empty() ? "" : ", ", name);
  }
  fail("fill-in-the-middle: the tokenizer has no token {}: take one that has, or fim_rate = 0", lacks);
}

bool FillInMiddle::chooses(std::string_view document) const {
  return rate_ > 0 && Rng(seed_, "fill in the middle", io::hash64(document, 0)).uniform() < rate_;
}

std::vector<int32_t> FillInMiddle::encode(std::string_view document) const {
  Rng rng(seed_, "fill in the middle: cuts", io::hash64(document, 0));
  const int64_t places = characters_of(document) + 1;
  int64_t first = rng.below(places), second = rng.below(places);
  if (first > second) std::swap(first, second);
  const size_t middle = byte_of_character(document, first), suffix = byte_of_character(document, second);
  std::vector<int32_t> ids;
  const auto add = [&](int32_t mark, std::string_view part) {
    ids.push_back(mark);
    if (part.empty()) return;
    const std::vector<int32_t> encoded = tokenizer_.encode(part, {.place = text::TextPlace::behind_added_token});
    ids.insert(ids.end(), encoded.begin(), encoded.end());
  };
  add(begin_, document.substr(0, middle));
  add(hole_, document.substr(suffix));
  add(end_, document.substr(middle, suffix - middle));
  return ids;
}

}  // namespace millet::data
