// The bytes of a text are looked through by the C library alone, from the end, until enough is found: floor of 256 KiB
// 10 µs a sign.
#include "millet/tasks/math/recent.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "millet/core/unicode.h"

namespace millet::tasks::math {

namespace {

constexpr size_t kNowhere = std::string_view::npos;
constexpr size_t kTail = 4 << 10;
constexpr size_t kBehindWord = 512;  // of what follows "answer"; then to the end of its line
constexpr size_t kBeforeBox = 512;   // of a box's line
constexpr size_t kTooLong = 4200;    // of a formula: more than can be read
constexpr size_t kAtMost = 10 << 10;
constexpr size_t kStart = 128;
constexpr size_t kBlock = 16 << 10;
constexpr size_t kMaxPlaces = 4000;  // of a word, from the end

struct Part {
  size_t from = 0, to = 0;
};

size_t place_of(std::string_view text, std::string_view what, size_t from) {
  if (from >= text.size()) return kNowhere;
  const void* found = memmem(text.data() + from, text.size() - from, what.data(), what.size());
  return found == nullptr ? kNowhere : static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

// Where a word stands, the last first, until `take` has enough.
template <class Take>
void each_place_backwards(std::string_view text, std::string_view what, Take take) {
  std::vector<size_t> places;
  size_t seen = 0;
  for (size_t end = text.size(); end > 0;) {
    const size_t begin = end - std::min(end, kBlock);
    const std::string_view block = text.substr(0, std::min(text.size(), end + what.size() - 1));
    places.clear();
    for (size_t at = begin; (at = place_of(block, what, at)) != kNowhere; ++at) places.push_back(at);
    for (size_t i = places.size(); i-- > 0;) {
      if (++seen > kMaxPlaces || !take(places[i])) return;
    }
    end = begin;
  }
}

bool small_is(std::string_view text, size_t at, std::string_view word) {
  if (at > text.size() || text.size() - at < word.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    const char c = text[at + i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c) != word[i]) return false;
  }
  return true;
}

std::string utf8_of(std::u32string_view text) {
  std::string out;
  for (const char32_t c : text) out += unicode::encode(c);
  return out;
}

// "final answer is", "final answer", "answer:" and "answer", the last two of each.
using Words = std::array<std::vector<size_t>, 4>;

Words last_words(std::string_view text, const Language* language) {
  Words out;
  const auto keep = [&](size_t kind, size_t at) {
    if (out[kind].size() < 2) out[kind].push_back(at);
  };
  if (language == nullptr) {
    for (const std::string_view rest : {"nswer", "NSWER"}) {
      Words all = std::exchange(out, {});
      each_place_backwards(text, rest, [&](size_t at) {
        if (at == 0 || (text[at - 1] | 0x20) != 'a') return true;
        const size_t begin = at - 1;
        const bool last = begin >= 6 && small_is(text, begin - 6, "final ");
        if (last && small_is(text, begin + 6, " is")) keep(0, begin - 6);
        if (last) keep(1, begin - 6);
        if (begin + 6 < text.size() && text[begin + 6] == ':') keep(2, begin);
        keep(3, begin);
        return out[0].size() < 2 || out[2].size() < 2;
      });
      for (size_t kind = 0; kind < all.size(); ++kind) {
        out[kind].insert(out[kind].end(), all[kind].begin(), all[kind].end());
        std::sort(out[kind].rbegin(), out[kind].rend());
        out[kind].resize(std::min<size_t>(2, out[kind].size()));
      }
    }
    return out;
  }
  const std::string first = utf8_of(language->answer.substr(0, 1)), rest = utf8_of(language->answer.substr(1));
  std::vector<std::string> colons = {":"};
  for (const char32_t c : language->colon) colons.push_back(utf8_of({&c, 1}));
  each_place_backwards(text, rest, [&](size_t at) {
    if (at < first.size()) return true;
    for (const std::string& colon : colons) {
      if (text.substr(at + rest.size()).starts_with(colon)) keep(2, at - first.size());
    }
    keep(3, at - first.size());
    return out[2].size() < 2;
  });
  return out;
}

// Where the line of a place ends, or a formula that cannot be read.
size_t line_end(std::string_view text, size_t at, size_t longest) {
  const size_t stop = std::min(text.size(), at + longest);
  return std::min(place_of(text.substr(0, stop), "\n", at), stop);
}

// A display formula that begins in a part ends there, or does not begin.
Part whole_displays(std::string_view text, Part part) {
  size_t open = kNowhere;
  const std::string_view inside = text.substr(0, part.to);
  for (size_t at = part.from; (at = place_of(inside, "$$", at)) != kNowhere; at += 2) {
    open = open == kNowhere ? at : kNowhere;
  }
  if (open == kNowhere) return part;
  const size_t close = place_of(text.substr(0, std::min(text.size(), open + kTooLong)), "$$", open + 2);
  return {part.from, close == kNowhere ? std::max(part.from, open) : std::max(part.to, close + 2)};
}

Part behind_word(std::string_view text, size_t at) {
  return whole_displays(text, {at, line_end(text, std::min(text.size(), at + kBehindWord), kTooLong)});
}

Part around_box(std::string_view text, size_t at) {
  size_t from = at;
  while (from > 0 && at - from < kBeforeBox && text[from - 1] != '\n') --from;
  if (from > 0 && text[from - 1] != '\n') from = at;
  const size_t stop = std::min(text.size(), at + kTooLong);
  int depth = 0;
  for (size_t i = at; i < stop; ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return {from, line_end(text, i + 1, 64)};
  }
  return {from, stop};  // never closed, or too long to be read
}

// The last lines; of a very long line its last sentences or words, but no half of what stands between dollars.
Part tail(std::string_view text) {
  const size_t least = text.size() - kTail;
  const size_t line = place_of(text.substr(0, least + kTail / 2), "\n", least);
  if (line != kNowhere) return {line + 1, text.size()};
  size_t from = least;
  for (const std::string_view sign : {"。", ". ", " "}) {
    const size_t found = place_of(text.substr(0, least + kTail / 2), sign, least);
    if (found == kNowhere) continue;
    from = found + sign.size();
    break;
  }
  while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0U) == 0x80U) ++from;
  const size_t before = text.substr(0, from).rfind('\n');
  const size_t begin = before == kNowhere ? 0 : before + 1;
  // A formula that is open here is taken from its dollar on; one that would be too long to be read is none.
  size_t opened = kNowhere;
  for (size_t at = begin; at < from; ++at) {
    if (text[at] == '$' && (at == 0 || text[at - 1] != '\\'))  // "\$5" is an amount
      opened = opened == kNowhere ? at : kNowhere;
  }
  if (opened != kNowhere && from - opened <= kTooLong) from = opened;
  return {from, text.size()};
}

}  // namespace

std::optional<std::string> recent_parts(std::string_view text, const Language* language, bool start) {
  if (text.size() <= kShort) return std::nullopt;
  std::vector<Part> parts = {tail(text)};
  size_t size = parts[0].to - parts[0].from;
  const auto add = [&](Part part) {
    if (part.to <= part.from || size + (part.to - part.from) > kAtMost) return;
    size += part.to - part.from;
    parts.push_back(part);
  };
  if (start) add({0, line_end(text, 0, kStart)});
  std::vector<size_t> boxes;
  each_place_backwards(text, "\\boxed{", [&](size_t at) {
    boxes.push_back(at);
    return boxes.size() < 3;
  });
  const Words words = last_words(text, language);
  for (size_t i = 0; i < 3; ++i) {
    if (i < boxes.size()) add(around_box(text, boxes[i]));
    for (const auto& kind : words) {
      if (i < kind.size()) add(behind_word(text, kind[i]));
    }
  }
  std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.from < b.from; });
  const std::string apart = "\n" + std::string(100, ' ') + "\n";  // boxes near each other would be one answer
  std::string out;
  size_t done = 0;
  for (const Part& part : parts) {
    if (part.to <= done) continue;
    if (part.from > done && !out.empty()) out += apart;
    const size_t from = std::max(part.from, done);
    out += text.substr(from, part.to - from);
    done = part.to;
  }
  return out;
}

}  // namespace millet::tasks::math
