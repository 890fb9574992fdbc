#include "millet/text/word_counter.h"

#include <algorithm>
#include <utility>

#include "millet/core/error.h"
#include "millet/core/unicode.h"
#include "millet/io/utf8.h"
#include "millet/text/utf8.h"

namespace millet::text {

// ---- WordCounts

WordCounts::Slot& WordCounts::slot_of(std::string_view word, uint32_t hash) {
  const size_t mask = slots_.size() - 1;
  for (size_t at = hash & mask;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.count == 0) return slot;
    if (slot.hash == hash && std::string_view(letters_).substr(slot.begin, slot.bytes) == word) return slot;
  }
}

void WordCounts::grow() {
  const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(std::max<size_t>(1024, 2 * slots_.size())));
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.count == 0) continue;
    size_t at = slot.hash & mask;
    while (slots_[at].count != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

void WordCounts::add(std::string_view word, int64_t count) {
  if (2 * size_ >= slots_.size()) grow();
  // The slots are chosen by the low 32 bits: beyond two thousand million words they would crowd.
  const auto hash = static_cast<uint32_t>(std::hash<std::string_view>()(word));
  Slot& slot = slot_of(word, hash);
  if (slot.count == 0) {
    require(word.size() <= UINT32_MAX, "a word of {} bytes is too long", word.size());
    slot = {.begin = letters_.size(), .bytes = static_cast<uint32_t>(word.size()), .hash = hash};
    letters_ += word;
    ++size_;
  }
  slot.count += count;
}

void WordCounts::add(const WordCounts& other) {
  other.for_each([&](std::string_view word, int64_t count) { add(word, count); });
}

int64_t WordCounts::total() const {
  int64_t sum = 0;
  for (const Slot& slot : slots_) sum += slot.count;
  return sum;
}

// ---- WordCounter

static std::vector<AddedToken> as_tokens(const std::vector<std::string>& marks) {
  std::vector<AddedToken> tokens;
  for (const std::string& mark : marks) {
    for (size_t at = 0; at < mark.size();) {
      const Utf8Character c = utf8_at(mark, at);
      require(c.valid, "the special token '{}' is not UTF-8", mark);
      require(!unicode::is_space(c.point),
              "the special token '{}' has white space, where texts may be cut: leave it out", mark);
      at += c.bytes;
    }
    tokens.push_back({.id = static_cast<int32_t>(tokens.size()), .content = mark, .special = true});
  }
  return tokens;
}

WordCounter::WordCounter(PreTokenizer pre_tokenizer, const std::vector<std::string>& marks, size_t stretch)
    : pre_tokenizer_(std::move(pre_tokenizer)), marks_(as_tokens(marks)), stretch_(std::max<size_t>(stretch, 16)) {}

// Something that is seen ends before `at`, or begins there: neither white space nor the text's end.
static bool seen_before(std::string_view text, size_t at) {
  if (at == 0) return false;
  const Utf8Character c = utf8_at(text, character_before(text, at));
  return !(c.valid && unicode::is_space(c.point));
}

static bool seen_at(std::string_view text, size_t at) {
  if (at >= text.size()) return false;
  const Utf8Character c = utf8_at(text, at);
  return !c.cut_off && !(c.valid && unicode::is_space(c.point));
}

// Every pattern known here ends a word before the space in "a b" and behind the line break in "a\nb".
static bool may_cut(std::string_view text, size_t at) {
  if (text[at - 1] == '\n') return seen_before(text, at - 1) && seen_at(text, at);
  return text[at] == ' ' && seen_before(text, at) && seen_at(text, at + 1);
}

// The last place for a cut in (begin, begin + stretch], of which the text goes on behind the end.
static size_t last_cut(std::string_view text, size_t begin, size_t stretch) {
  for (size_t at = begin + stretch; at > begin; --at) {
    if (may_cut(text, at)) return at;
  }
  return begin + complete_utf8(text.substr(begin, stretch));
}

WordCounter::Text WordCounter::count(Context& ctx, const Read& read, const std::function<void(int64_t)>& on_bytes) {
  constexpr size_t kLookahead = 8;  // what may_cut looks at behind the cut
  constexpr size_t kAtOnce = 16;    // stretches
  if (counts_.size() < static_cast<size_t>(ctx.threads())) counts_.resize(static_cast<size_t>(ctx.threads()));
  Text text;
  std::string buffer(kAtOnce * stretch_ + kLookahead, '\0');
  std::vector<Stretch> stretches;
  size_t held = 0;  // bytes at the front of the buffer that are not counted yet
  for (bool ended = false; !ended;) {
    while (held < buffer.size() && !ended) {
      const size_t got = read(std::span(buffer).subspan(held));
      held += got;
      ended = got == 0;
    }
    const std::string_view all = std::string_view(buffer).substr(0, held);
    stretches.clear();
    size_t at = 0;
    while (held - at > stretch_ + kLookahead) {
      const size_t end = last_cut(all, at, stretch_);
      stretches.push_back({.begin = at, .end = end});
      at = end;
    }
    if (ended && at < held) {
      stretches.push_back({.begin = at, .end = held});
      at = held;
    }
    ctx.parallel_for(static_cast<int64_t>(stretches.size()), [&](int64_t task, int worker) {
      count_stretch(all, stretches[static_cast<size_t>(task)], counts_[static_cast<size_t>(worker)]);
    });
    for (const Stretch& stretch : stretches) {
      if (stretch.invalid > 0 && text.invalid == 0)
        text.first_invalid = text.bytes + static_cast<int64_t>(stretch.first_invalid);
      text.invalid += stretch.invalid;
    }
    text.bytes += static_cast<int64_t>(at);
    buffer.erase(0, at);
    buffer.resize(kAtOnce * stretch_ + kLookahead);
    held -= at;
    if (on_bytes) on_bytes(text.bytes);
  }
  return text;
}

void WordCounter::count(Context& ctx, std::span<const std::string> texts) {
  if (counts_.size() < static_cast<size_t>(ctx.threads())) counts_.resize(static_cast<size_t>(ctx.threads()));
  ctx.parallel_for(static_cast<int64_t>(texts.size()), [&](int64_t task, int worker) {
    const std::string& text = texts[static_cast<size_t>(task)];
    Stretch stretch{.begin = 0, .end = text.size()};
    if (text.size() <= stretch_) count_stretch(text, stretch, counts_[static_cast<size_t>(worker)]);
  });
  for (const std::string_view text : texts) {
    if (text.size() <= stretch_) continue;
    size_t at = 0;
    count(ctx, [&](std::span<char> to) {
      const size_t n = text.copy(to.data(), to.size(), at);
      at += n;
      return n;
    });
  }
}

void WordCounter::count_stretch(std::string_view text, Stretch& stretch, WordCounts& counts) const {
  std::string_view part = text.substr(stretch.begin, stretch.end - stretch.begin);
  std::string repaired;
  const size_t invalid = io::invalid_utf8(part);
  if (invalid != std::string_view::npos) {
    stretch.first_invalid = stretch.begin + invalid;
    for (size_t at = invalid; at < part.size();) {
      const Utf8Character c = utf8_at(part, at);
      stretch.invalid += c.valid ? 0 : 1;
      at += c.bytes;
    }
    repaired = replace_invalid_utf8(part);
    part = repaired;
  }
  if (marks_.all().empty()) return count_words(part, counts);
  for (const AddedTokens::Cut& cut : marks_.cut(part, true)) {
    if (cut.token == nullptr) count_words(part.substr(cut.begin, cut.end - cut.begin), counts);
  }
}

void WordCounter::count_words(std::string_view text, WordCounts& counts) const {
  std::string piece(text);
  for (const PreTokenizer::Piece& word : pre_tokenizer_.split(piece))
    counts.add(std::string_view(piece).substr(word.begin, word.end - word.begin));
}

WordCounts WordCounter::take() {
  WordCounts all;
  if (counts_.empty()) return all;
  all = std::move(counts_.front());
  for (size_t i = 1; i < counts_.size(); ++i) {
    all.add(counts_[i]);
    counts_[i] = {};
  }
  counts_.clear();
  return all;
}

}  // namespace millet::text
