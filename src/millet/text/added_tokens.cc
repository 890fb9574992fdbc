#include "millet/text/added_tokens.h"

#include <algorithm>
#include <numeric>

#include "millet/core/error.h"
#include "millet/core/unicode.h"
#include "millet/text/utf8.h"

namespace millet::text {
namespace {

size_t spaces_before(std::string_view text, size_t end, size_t least) {
  while (end > least) {
    const size_t at = character_before(text, end);
    if (!unicode::is_space(utf8_at(text, at).point)) break;
    end = at;
  }
  return std::max(end, least);
}

size_t spaces_after(std::string_view text, size_t at) {
  while (at < text.size()) {
    const Utf8Character c = utf8_at(text, at);
    if (!c.valid || !unicode::is_space(c.point)) break;
    at += c.bytes;
  }
  return at;
}

bool stands_alone(std::string_view text, size_t begin, size_t end) {
  if (begin > 0 && unicode::is_word(utf8_at(text, character_before(text, begin)).point)) return false;
  return end == text.size() || !unicode::is_word(utf8_at(text, end).point);
}

}  // namespace

AddedTokens::AddedTokens(std::vector<AddedToken> tokens, const Normalizer& normalizer) : tokens_(std::move(tokens)) {
  by_content_.resize(tokens_.size());
  std::iota(by_content_.begin(), by_content_.end(), size_t{0});
  by_id_ = by_content_;
  std::sort(by_content_.begin(), by_content_.end(),
            [&](size_t a, size_t b) { return tokens_[a].content < tokens_[b].content; });
  std::sort(by_id_.begin(), by_id_.end(), [&](size_t a, size_t b) { return tokens_[a].id < tokens_[b].id; });
  for (size_t i = 1; i < tokens_.size(); ++i) {
    const AddedToken& a = tokens_[by_content_[i - 1]];
    require(a.content != tokens_[by_content_[i]].content, "added token '{}' is there twice", a.content);
    const AddedToken& b = tokens_[by_id_[i - 1]];
    const AddedToken& c = tokens_[by_id_[i]];
    require(b.id != c.id, "the added tokens '{}' and '{}' have the same id, {}", b.content, c.content, b.id);
  }
  for (size_t i = 0; i < tokens_.size(); ++i) {
    const AddedToken& t = tokens_[i];
    std::string spelling = t.normalized ? normalizer.apply(t.content) : t.content;
    require(!spelling.empty(), "added token {} is empty: it would be found everywhere", t.id);
    require(spelling.size() <= kLongest, "added token {} has {} bytes: at most {} are read", t.id, spelling.size(),
            kLongest);
    spellings_.push_back(std::move(spelling));
    (t.normalized ? normalized_ : raw_).sorted.push_back(i);
  }
  fill(raw_);
  fill(normalized_);
}

void AddedTokens::fill(Finder& finder) {
  std::vector<size_t>& sorted = finder.sorted;
  std::sort(sorted.begin(), sorted.end(), [&](size_t a, size_t b) { return spellings_[a] < spellings_[b]; });
  for (size_t i = 1; i < sorted.size(); ++i) {
    require(spellings_[sorted[i - 1]] != spellings_[sorted[i]],
            "the added tokens '{}' and '{}' are the same when normalised", tokens_[sorted[i - 1]].content,
            tokens_[sorted[i]].content);
  }
  for (const size_t token : sorted) ++finder.begins[static_cast<unsigned char>(spellings_[token][0]) + 1u];
  std::partial_sum(finder.begins.begin(), finder.begins.end(), finder.begins.begin());
}

const AddedToken* AddedTokens::find(std::string_view content) const {
  const auto found = std::lower_bound(by_content_.begin(), by_content_.end(), content,
                                      [&](size_t i, std::string_view c) { return tokens_[i].content < c; });
  return found != by_content_.end() && tokens_[*found].content == content ? &tokens_[*found] : nullptr;
}

const AddedToken* AddedTokens::find(int32_t id) const {
  const auto found = std::lower_bound(by_id_.begin(), by_id_.end(), id,
                                      [&](size_t i, int32_t wanted) { return tokens_[i].id < wanted; });
  return found != by_id_.end() && tokens_[*found].id == id ? &tokens_[*found] : nullptr;
}

// The sorted spellings are narrowed to those that begin as the text does, byte by byte; one that ends there is a match.
AddedTokens::Match AddedTokens::longest_at(const Finder& finder, std::string_view text, size_t at, bool marks) const {
  const auto first = static_cast<unsigned char>(text[at]);
  auto low = finder.sorted.begin() + finder.begins[first];
  auto high = finder.sorted.begin() + finder.begins[first + 1u];
  Match match;
  for (size_t depth = 1; low != high; ++depth) {
    if (spellings_[*low].size() == depth) {
      const AddedToken& token = tokens_[*low];
      if (marks || !token.is_mark()) match = {at, &token};
      if (++low == high) break;
    }
    if (at + depth == text.size()) break;
    auto byte = [&](size_t token) { return static_cast<unsigned char>(spellings_[token][depth]); };
    const auto wanted = static_cast<unsigned char>(text[at + depth]);
    low = std::lower_bound(low, high, wanted, [&](size_t token, unsigned char w) { return byte(token) < w; });
    high = std::upper_bound(low, high, wanted, [&](unsigned char w, size_t token) { return w < byte(token); });
  }
  return match;
}

AddedTokens::Match AddedTokens::first_in(std::string_view text, size_t from, bool marks, Pass pass) const {
  const Finder& where = finder(pass);
  if (where.sorted.empty()) return {};
  for (size_t at = from; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (where.begins[byte] == where.begins[byte + 1u]) continue;
    const Match match = longest_at(where, text, at, marks);
    if (match.token != nullptr) return match;
  }
  return {};
}

// NOTE: a match that its rule forbids is passed over as a whole: what begins inside it is not found, as in
// `tokenizers`.
std::vector<AddedTokens::Cut> AddedTokens::cut(std::string_view text, bool marks, Pass pass) const {
  std::vector<Cut> cuts;
  size_t done = 0;
  for (Match match = first_in(text, 0, marks, pass); match.token != nullptr;) {
    const AddedToken& token = *match.token;
    size_t begin = match.at;
    size_t end = begin + spelling(token).size();
    const size_t next = end;
    if (!token.single_word || stands_alone(text, begin, end)) {
      if (token.lstrip) begin = std::max(done, spaces_before(text, begin, std::min(done, begin)));
      if (token.rstrip) end = spaces_after(text, end);
      if (done < begin) cuts.push_back({done, begin, nullptr});
      if (begin < end) {  // a token of spaces may be all taken by the one before
        cuts.push_back({begin, end, &token});
        done = end;
      }
    }
    match = first_in(text, next, marks, pass);
  }
  if (done < text.size()) cuts.push_back({done, text.size(), nullptr});
  return cuts;
}

}  // namespace millet::text
