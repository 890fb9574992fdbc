#include "millet/text/pre_tokenizer.h"

#include <algorithm>

#include "millet/core/error.h"
#include "millet/text/published_pattern.h"
#include "millet/text/token_model.h"

namespace millet::text {
namespace {

struct Span {
  size_t begin;
  size_t end;
  bool match;
};

SplitBehavior read_behavior(const io::Json& json) {
  const std::string& name = json.as_string();
  if (name == "Removed") return SplitBehavior::removed;
  if (name == "Isolated") return SplitBehavior::isolated;
  if (name == "MergedWithPrevious") return SplitBehavior::merged_with_previous;
  if (name == "MergedWithNext") return SplitBehavior::merged_with_next;
  if (name == "Contiguous") return SplitBehavior::contiguous;
  json.refuse("is '{}': Removed, Isolated, MergedWithPrevious, MergedWithNext and Contiguous are known", name);
}

// Matches and what lies between them, in order, covering [0, size).
std::vector<Span> spans_of(size_t size, const std::vector<Pattern::Match>& matches, bool invert) {
  std::vector<Span> spans;
  spans.reserve(2 * matches.size() + 1);
  size_t at = 0;
  for (const Pattern::Match& match : matches) {
    if (at != match.begin) spans.push_back({at, match.begin, invert});
    spans.push_back({match.begin, match.end, !invert});
    at = match.end;
  }
  if (at != size) spans.push_back({at, size, invert});
  return spans;
}

// Joins each span to the one before it where `joins(span, the one before is a match)` says so. `before` begins as no
// match, so that a first span may be asked to join nothing: then it stands alone.
template <class Joins>
std::vector<Span> joined(const std::vector<Span>& spans, Joins joins) {
  std::vector<Span> out;
  bool previous = false;
  for (const Span& span : spans) {
    if (joins(span.match, previous) && !out.empty()) {
      out.back() = {std::min(out.back().begin, span.begin), std::max(out.back().end, span.end), false};
    } else {
      out.push_back({span.begin, span.end, false});
    }
    previous = span.match;
  }
  return out;
}

std::vector<Span> behaved(std::vector<Span> spans, SplitBehavior behavior) {
  auto same = [](bool match, bool previous) { return match == previous; };
  auto first_match = [](bool match, bool previous) { return match && !previous; };
  switch (behavior) {
    case SplitBehavior::isolated:
      for (Span& span : spans) span.match = false;
      return spans;
    case SplitBehavior::removed:
      return spans;
    case SplitBehavior::contiguous:
      return joined(spans, same);
    case SplitBehavior::merged_with_previous:
      return joined(spans, first_match);
    case SplitBehavior::merged_with_next:
      std::reverse(spans.begin(), spans.end());
      spans = joined(spans, first_match);
      std::reverse(spans.begin(), spans.end());
      return spans;
  }
  return spans;
}

}  // namespace

void PreTokenizer::add(const io::Json& json) {
  const std::string& type = json.at("type").as_string();
  if (type == "Sequence") {
    for (const io::Json& part : json.at("pretokenizers").items()) add(part);
    return;
  }
  if (byte_level_) json.refuse("stands behind ByteLevel: it is read only as the last");
  if (steps_.size() >= kMostSteps) json.refuse("is step {}: at most {} are read", kMostSteps + 1, kMostSteps);
  if (type == "Split") {
    steps_.push_back(Split{.pattern = Pattern::read(json.at("pattern")),
                           .behavior = read_behavior(json.at("behavior")),
                           .invert = json.bool_or("invert", false)});
  } else if (type == "Digits") {
    const bool one_by_one = json.bool_or("individual_digits", false);
    steps_.push_back(Split{.pattern = Pattern::numeric(),
                           .behavior = one_by_one ? SplitBehavior::isolated : SplitBehavior::contiguous});
  } else if (type == "Metaspace") {
    const Metaspace read = Metaspace::read(json);
    steps_.push_back(Spaces{.spelling = read.character, .prefix = read.prefix});
    if (read.split)
      steps_.push_back(Split{.pattern = Pattern::string(read.character), .behavior = SplitBehavior::merged_with_next});
  } else if (type == "ByteLevel") {
    byte_level_ = true;
    if (json.bool_or("add_prefix_space", true)) steps_.push_back(Spaces{});
    if (json.bool_or("use_regex", true)) steps_.push_back(Split{.pattern = Pattern::regex(kGpt2Pattern)});
  } else {
    json.at("type").refuse("is '{}': the pre-tokenizers Sequence, Split, Digits, Metaspace and ByteLevel are known",
                           type);
  }
}

PreTokenizer PreTokenizer::read(const io::Json* json) {
  PreTokenizer pre_tokenizer;
  if (json != nullptr && !json->is_null()) pre_tokenizer.add(*json);
  return pre_tokenizer;
}

io::Json PreTokenizer::byte_level_json(WordPattern pattern, bool digits) {
  using io::Json;
  std::vector<Json> steps;
  if (digits) steps.push_back(Json::object({{"type", "Digits"}, {"individual_digits", true}}));
  if (pattern == WordPattern::modern) {
    steps.push_back(Json::object({{"type", "Split"},
                                  {"pattern", Json::object({{"Regex", std::string(kLlama3Pattern)}})},
                                  {"behavior", "Isolated"},
                                  {"invert", false}}));
  }
  steps.push_back(Json::object({{"type", "ByteLevel"},
                                {"add_prefix_space", false},
                                {"trim_offsets", true},
                                {"use_regex", pattern == WordPattern::gpt2}}));
  if (steps.size() == 1) return steps.front();
  Json list = Json::array();
  for (Json& step : steps) list.append(std::move(step));
  return Json::object({{"type", "Sequence"}, {"pretokenizers", std::move(list)}});
}

void PreTokenizer::split(std::string_view text, const Split& step, std::vector<Piece>& pieces) {
  std::vector<Piece> out;
  out.reserve(2 * pieces.size());
  std::vector<Pattern::Match> matches;
  for (const Piece& piece : pieces) {
    matches.clear();
    step.pattern.find_all(text.substr(piece.begin, piece.end - piece.begin), matches);
    for (const Span& span : behaved(spans_of(piece.end - piece.begin, matches, step.invert), step.behavior)) {
      if (!span.match && span.begin != span.end) out.push_back({piece.begin + span.begin, piece.begin + span.end});
    }
  }
  pieces = std::move(out);
}

void PreTokenizer::respell(std::string& text, const Spaces& step, bool first, std::vector<Piece>& pieces) {
  using Prefix = Metaspace::Prefix;
  std::string out;
  out.reserve(text.size() + pieces.size());
  for (Piece& piece : pieces) {
    const size_t begin = out.size();
    const std::string_view old = std::string_view(text).substr(piece.begin, piece.end - piece.begin);
    const bool added = step.prefix == Prefix::always || (step.prefix == Prefix::first && first && piece.begin == 0);
    if (added && !old.starts_with(' ') && !old.starts_with(step.spelling)) out += step.spelling;
    for (const char c : old) {
      if (c == ' ') {
        out += step.spelling;
      } else {
        out += c;
      }
    }
    piece = {begin, out.size()};
  }
  text = std::move(out);
}

std::vector<PreTokenizer::Piece> PreTokenizer::split(std::string& text, bool first) const {
  std::vector<Piece> pieces;
  if (!text.empty()) pieces.push_back({0, text.size()});
  for (const Step& step : steps_) {
    if (const auto* spaces = std::get_if<Spaces>(&step)) {
      respell(text, *spaces, first, pieces);
    } else {
      split(text, std::get<Split>(step), pieces);
    }
  }
  return pieces;
}

}  // namespace millet::text
