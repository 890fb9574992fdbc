#include "millet/text/pattern.h"

#include <string>

#include "millet/core/error.h"
#include "millet/core/regex.h"
#include "millet/core/unicode.h"
#include "millet/text/published_pattern.h"
#include "millet/text/utf8.h"

namespace millet::text {

class Pattern::Searcher {
 public:
  virtual ~Searcher() = default;
  virtual void find_all(std::string_view text, std::vector<Match>& matches) const = 0;
};

namespace {

class StringSearcher final : public Pattern::Searcher {
 public:
  explicit StringSearcher(std::string_view literal) : literal_(literal) {}
  void find_all(std::string_view text, std::vector<Pattern::Match>& matches) const override {
    for (size_t at = text.find(literal_); at != std::string_view::npos; at = text.find(literal_, at + literal_.size()))
      matches.push_back({at, at + literal_.size()});
  }

 private:
  std::string literal_;
};

class NumericSearcher final : public Pattern::Searcher {
 public:
  void find_all(std::string_view text, std::vector<Pattern::Match>& matches) const override {
    for (size_t at = 0; at < text.size();) {
      const Utf8Character c = utf8_at(text, at);
      if (unicode::is_numeric(c.point)) matches.push_back({at, at + c.bytes});
      at += c.bytes;
    }
  }
};

class PublishedSearcher final : public Pattern::Searcher {
 public:
  explicit PublishedSearcher(FindAll find_all) : find_all_(std::move(find_all)) {}
  void find_all(std::string_view text, std::vector<Pattern::Match>& matches) const override {
    find_all_(text, matches);
  }

 private:
  FindAll find_all_;
};

class RegexSearcher final : public Pattern::Searcher {
 public:
  explicit RegexSearcher(std::string_view expression) : regex_(expression) {}

  // NOTE: as the iterator of the Rust crate `onig` goes on: behind an empty match where another ended, it moves by one
  // character and looks again.
  void find_all(std::string_view text, std::vector<Pattern::Match>& matches) const override {
    size_t last_end = std::string_view::npos;
    for (size_t from = 0; from <= text.size();) {
      const auto match = regex_.find(text, from);
      if (!match) return;
      if (match->begin == match->end && match->end == last_end) {
        from += from < text.size() ? utf8_at(text, from).bytes : 1;
        continue;
      }
      matches.push_back({match->begin, match->end});
      from = last_end = match->end;
    }
  }

 private:
  Regex regex_;
};

}  // namespace

Pattern Pattern::string(std::string_view literal) {
  require(!literal.empty(), "an empty string matches everywhere");
  return Pattern(std::make_shared<StringSearcher>(literal));
}

Pattern Pattern::regex(std::string_view expression) {
  if (FindAll find_all = published_pattern(expression))
    return Pattern(std::make_shared<PublishedSearcher>(std::move(find_all)));
  return Pattern(std::make_shared<RegexSearcher>(expression));
}

Pattern Pattern::numeric() {
  return Pattern(std::make_shared<NumericSearcher>());
}

Pattern Pattern::read(const io::Json& json) {
  try {
    if (const io::Json* literal = json.find("String")) return string(literal->as_string());
    if (const io::Json* expression = json.find("Regex")) return regex(expression->as_string());
  } catch (const Error& error) {
    throw error.within(json.place());
  }
  json.refuse("is no pattern: {{\"String\": …}} and {{\"Regex\": …}} are known");
}

void Pattern::find_all(std::string_view text, std::vector<Match>& matches) const {
  searcher_->find_all(text, matches);
}

}  // namespace millet::text
