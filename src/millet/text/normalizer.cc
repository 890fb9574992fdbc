#include "millet/text/normalizer.h"

#include "millet/core/error.h"
#include "millet/core/nfc.h"
#include "millet/text/token_model.h"

namespace millet::text {

void Normalizer::add(const io::Json& json) {
  const std::string& type = json.at("type").as_string();
  if (type == "Sequence") {
    for (const io::Json& part : json.at("normalizers").items()) add(part);
    return;
  }
  if (steps_.size() >= kMostSteps) json.refuse("is step {}: at most {} are read", kMostSteps + 1, kMostSteps);
  if (type == "NFC") {
    steps_.push_back({.kind = Kind::nfc});
  } else if (type == "Prepend") {
    steps_.push_back({.kind = Kind::prepend, .content = json.at("prepend").as_string()});
  } else if (type == "Replace") {
    steps_.push_back({.kind = Kind::replace,
                      .content = json.at("content").as_string(),
                      .pattern = {Pattern::read(json.at("pattern"))}});
  } else {
    json.at("type").refuse("is '{}': the normalizers Sequence, NFC, Prepend and Replace are known", type);
  }
}

Normalizer Normalizer::read(const io::Json* json) {
  Normalizer normalizer;
  if (json != nullptr && !json->is_null()) normalizer.add(*json);
  return normalizer;
}

static std::string replace_all(std::string_view text, const Pattern& pattern, std::string_view content) {
  std::vector<Pattern::Match> matches;
  pattern.find_all(text, matches);
  std::string out;
  size_t at = 0;
  for (const Pattern::Match& match : matches) {
    out += text.substr(at, match.begin - at);
    out += content;
    at = match.end;
  }
  out += text.substr(at);
  return out;
}

std::string Normalizer::apply(std::string_view text, bool prepend) const {
  std::string out(text);
  for (const Step& step : steps_) {
    switch (step.kind) {
      case Kind::nfc:
        out = unicode::to_nfc(out);
        break;
      case Kind::prepend:
        if (prepend && !out.empty()) out.insert(0, step.content);
        break;
      case Kind::replace:
        if (!out.empty()) out = replace_all(out, step.pattern.front(), step.content);
        break;
    }
  }
  return out;
}

}  // namespace millet::text
