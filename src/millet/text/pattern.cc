#include "millet/text/pattern.h"

#include <oniguruma.h>

#include <array>
#include <string>

#include "millet/core/error.h"
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

constexpr size_t kLongestExpression = 65536;
constexpr unsigned kMostBacktracks = 1u << 22;  // entries of Oniguruma's stack, about 50 bytes each

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

struct FreeRegex {
  void operator()(OnigRegex regex) const { onig_free(regex); }
};
struct FreeRegion {
  void operator()(OnigRegion* region) const { onig_region_free(region, 1); }
};
struct FreeParameters {
  void operator()(OnigMatchParam* parameters) const { onig_free_match_param(parameters); }
};

std::string message(int code, OnigErrorInfo* info = nullptr) {
  OnigUChar text[ONIG_MAX_ERROR_MESSAGE_LEN];
  const int length = onig_error_code_to_str(text, code, info);
  return {reinterpret_cast<const char*>(text), static_cast<size_t>(length)};
}

const OnigUChar* bytes(const char* text) {
  return reinterpret_cast<const OnigUChar*>(text);
}

// The general categories as millet::unicode has them, up to Unicode 16; Oniguruma's own tables end with 14. It takes 20
// names at most, and keeps the ranges that it is given.
class Properties {
 public:
  static void define() { static const Properties properties; }

 private:
  Properties() {
    for (char32_t point = 0; point < 0x110000; ++point) {
      const std::string_view category = unicode::general_category(point);
      for (size_t i = 0; i < kNames.size(); ++i) {
        if (!category.starts_with(kNames[i])) continue;
        std::vector<OnigCodePoint>& ranges = ranges_[i];
        if (!ranges.empty() && ranges.back() + 1 == point) {
          ++ranges.back();
        } else {
          ranges.insert(ranges.end(), 2, point);
        }
      }
    }
    for (size_t i = 0; i < kNames.size(); ++i) {
      ranges_[i].insert(ranges_[i].begin(), static_cast<OnigCodePoint>(ranges_[i].size() / 2));
      const int code = onig_unicode_define_user_property(std::string(kNames[i]).c_str(), ranges_[i].data());
      require(code == ONIG_NORMAL, "Oniguruma does not take the category {}: {}", kNames[i], message(code));
    }
  }

  static constexpr std::array<std::string_view, 19> kNames = {
      "L", "M", "N", "P", "S", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd", "No", "Pd", "Po", "Sm", "Sc", "So"};
  std::array<std::vector<OnigCodePoint>, kNames.size()> ranges_;
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
  explicit RegexSearcher(std::string_view expression) {
    require(expression.size() <= kLongestExpression, "an expression of {} bytes is too long: at most {} are read",
            expression.size(), kLongestExpression);
    OnigEncoding encodings[] = {ONIG_ENCODING_UTF8};
    onig_initialize(encodings, 1);
    Properties::define();
    OnigRegex compiled = nullptr;
    OnigErrorInfo info{};
    const char* end = expression.data() + expression.size();
    const int code = onig_new(&compiled, bytes(expression.data()), bytes(end), ONIG_OPTION_NONE, ONIG_ENCODING_UTF8,
                              ONIG_SYNTAX_DEFAULT, &info);
    require(code == ONIG_NORMAL, "the expression cannot be read: {}", message(code, &info));
    regex_.reset(compiled);
  }

  // NOTE: as the iterator of the Rust crate `onig` goes on: behind an empty match where another ended, it moves by one
  // character and looks again.
  void find_all(std::string_view text, std::vector<Pattern::Match>& matches) const override {
    const std::unique_ptr<OnigRegion, FreeRegion> region(onig_region_new());
    const std::unique_ptr<OnigMatchParam, FreeParameters> parameters(limits(text.size()));
    const OnigUChar* begin = bytes(text.data());
    const OnigUChar* end = begin + text.size();
    size_t last_end = std::string_view::npos;
    for (size_t from = 0; from <= text.size();) {
      onig_region_clear(region.get());
      const int found = onig_search_with_param(regex_.get(), begin, end, begin + from, end, region.get(),
                                               ONIG_OPTION_NONE, parameters.get());
      if (found == ONIG_MISMATCH) return;
      require(found >= 0, "a pattern of the tokenizer gives up on a text of {} bytes at byte {}: {}", text.size(), from,
              message(found));
      const Pattern::Match match{static_cast<size_t>(region->beg[0]), static_cast<size_t>(region->end[0])};
      if (match.begin == match.end && match.end == last_end) {
        from += from < text.size() ? utf8_at(text, from).bytes : 1;
        continue;
      }
      matches.push_back(match);
      from = last_end = match.end;
    }
  }

 private:
  static OnigMatchParam* limits(size_t size) {
    OnigMatchParam* parameters = onig_new_match_param();
    onig_initialize_match_param(parameters);
    onig_set_match_stack_limit_size_of_match_param(parameters, kMostBacktracks);
    const unsigned long retries = 100'000 + 100 * static_cast<unsigned long>(size);
    onig_set_retry_limit_in_match_of_match_param(parameters, retries);
    onig_set_retry_limit_in_search_of_match_param(parameters, retries);
    return parameters;
  }

  std::unique_ptr<re_pattern_buffer, FreeRegex> regex_;
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
