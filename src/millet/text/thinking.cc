#include "millet/text/thinking.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "millet/core/error.h"

namespace millet::text {
namespace {

// A response as marks and the text between them: both spellings are brought to this, so that there is one parser.
enum class Mark : uint8_t { think, think_end, answer, answer_end, end, other, none };

struct Piece {
  Mark mark = Mark::none;
  std::string text;  // of Mark::none and, to be shown, of Mark::other
};

constexpr std::array<std::pair<std::string_view, Mark>, 4> kTags = {
    {{kThink, Mark::think}, {kThinkEnd, Mark::think_end}, {kAnswer, Mark::answer}, {kAnswerEnd, Mark::answer_end}}};

Mark tag_of(std::string_view content) {
  for (const auto& [tag, mark] : kTags) {
    if (tag == content) return mark;
  }
  return Mark::other;
}

// The form as a sequence of marks. It is checked apart from the splitting, which is kind to whatever a model says.
bool is_well_formed(const std::vector<Piece>& pieces) {
  size_t at = 0;
  auto take = [&](Mark mark) {
    if (at >= pieces.size() || pieces[at].mark != mark) return false;
    ++at;
    return true;
  };
  if (!take(Mark::think)) return false;
  take(Mark::none);
  return take(Mark::think_end) && take(Mark::answer) && take(Mark::none) && take(Mark::answer_end) && take(Mark::end) &&
         at == pieces.size();
}

// As much as can be told of a response that may have any form: a state that only marks change.
Response parse(const std::vector<Piece>& pieces) {
  Response r;
  r.well_formed = is_well_formed(pieces);
  std::string* into = &r.other;
  for (const Piece& piece : pieces) {
    switch (piece.mark) {
      case Mark::think:
        into = r.has_thinking ? &r.other : &r.thinking;
        r.has_thinking = true;
        break;
      case Mark::answer:
        into = r.has_answer ? &r.other : &r.answer;
        r.has_answer = true;
        break;
      case Mark::think_end:
      case Mark::answer_end:
        into = &r.other;
        break;
      case Mark::end:
        break;
      case Mark::other:
      case Mark::none:
        *into += piece.text;
        break;
    }
  }
  return r;
}

}  // namespace

std::vector<std::string> thinking_tags() {
  std::vector<std::string> tags;
  for (const auto& [tag, mark] : kTags) tags.emplace_back(tag);
  return tags;
}

Response split_response(std::string_view text) {
  std::vector<Piece> pieces;
  while (!text.empty()) {
    // The tag that comes first.
    size_t at = text.size();
    const std::pair<std::string_view, Mark>* tag = nullptr;
    for (const auto& candidate : kTags) {
      const size_t found = text.find(candidate.first);
      if (found >= at) continue;
      at = found;
      tag = &candidate;
    }
    if (at > 0) pieces.push_back({Mark::none, std::string(text.substr(0, at))});
    if (tag != nullptr) pieces.push_back({tag->second, ""});
    text.remove_prefix(at + (tag != nullptr ? tag->first.size() : 0));
  }
  pieces.push_back({Mark::end, ""});
  return parse(pieces);
}

static int32_t needed(const Tokenizer& tokenizer, std::optional<int32_t> id, std::string_view name) {
  require(id.has_value(), "the tokenizer ({}) has no token {}: a model that thinks needs <bos>, <eos> and the tags {}",
          tokenizer.kind(), name, fmt::join(thinking_tags(), " "));
  return *id;
}

static int32_t needed_tag(const Tokenizer& tokenizer, std::string_view tag) {
  return needed(tokenizer, tokenizer.id_of(tag), tag);
}

ThinkingFormat::ThinkingFormat(const Tokenizer& tokenizer)
    : tokenizer_(tokenizer),
      bos_(needed(tokenizer, tokenizer.bos(), kBos)),
      eos_(needed(tokenizer, tokenizer.eos(), kEos)),
      think_(needed_tag(tokenizer, kThink)),
      think_end_(needed_tag(tokenizer, kThinkEnd)),
      answer_(needed_tag(tokenizer, kAnswer)),
      answer_end_(needed_tag(tokenizer, kAnswerEnd)) {}

std::vector<int32_t> ThinkingFormat::prompt(std::string_view prompt) const {
  std::vector<int32_t> ids = tokenizer_.encode(prompt);
  ids.insert(ids.begin(), bos_);
  return ids;
}

std::vector<int32_t> ThinkingFormat::response(std::string_view thinking, std::string_view answer) const {
  std::vector<int32_t> ids = {think_};
  auto append = [&](std::string_view text) {
    const std::vector<int32_t> more = tokenizer_.encode(text, {.place = TextPlace::behind_added_token});
    ids.insert(ids.end(), more.begin(), more.end());
  };
  append(thinking);
  ids.push_back(think_end_);
  ids.push_back(answer_);
  append(answer);
  ids.push_back(answer_end_);
  ids.push_back(eos_);
  return ids;
}

Response ThinkingFormat::split(std::span<const int32_t> ids) const {
  std::vector<Piece> pieces;
  std::vector<int32_t> text;  // ids are decoded in runs: a character may take several
  auto flush = [&] {
    std::string decoded = tokenizer_.decode(text);
    if (!decoded.empty()) pieces.push_back({Mark::none, std::move(decoded)});
    text.clear();
  };
  for (const int32_t id : ids) {
    const AddedToken* token = tokenizer_.added(id);
    if (token == nullptr || !token->is_mark()) {
      text.push_back(id);
      continue;
    }
    flush();
    if (id == eos_) {
      pieces.push_back({Mark::end, ""});
      return parse(pieces);
    }
    const Mark mark = tag_of(token->content);
    pieces.push_back({mark, mark == Mark::other ? token->content : ""});
  }
  flush();
  return parse(pieces);
}

}  // namespace millet::text
