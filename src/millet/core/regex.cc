#include "millet/core/regex.h"

#include <oniguruma.h>

#include <array>
#include <string>
#include <vector>

#include "millet/core/error.h"
#include "millet/core/unicode.h"

namespace millet {

namespace {

constexpr size_t kLongestExpression = 65536;
constexpr unsigned kMostBacktracks = 1u << 22;  // entries of Oniguruma's stack, about 50 bytes each

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

// The bracket of POSIX, as "[:alpha:]" or "[:^alpha:]", that begins at `at` within a character class; empty: none does.
std::string_view posix_bracket(std::string_view expression, size_t at) {
  const std::string_view rest = expression.substr(at);
  if (!rest.starts_with("[:")) return {};
  size_t end = rest.starts_with("[:^") ? 3 : 2;
  while (end < rest.size() && rest[end] >= 'a' && rest[end] <= 'z') ++end;
  return rest.substr(end).starts_with(":]") ? rest.substr(0, end + 2) : std::string_view();
}

// NOTE: up to 6.9.8 the bracket leaves out symbols, and the library that the published tokenizers run on does not. (The
// property \p{Punct} is punctuation without symbols in both.)
std::string with_symbols(std::string_view expression) {
  std::string out;
  int depth = 0;  // of character classes
  for (size_t at = 0; at < expression.size();) {
    size_t taken = 1;
    const char c = expression[at];
    if (const std::string_view bracket = posix_bracket(expression, at); depth > 0 && !bracket.empty()) {
      out += bracket == "[:punct:]" ? "[\\p{P}\\p{S}]" : bracket == "[:^punct:]" ? "[^\\p{P}\\p{S}]" : bracket;
      at += bracket.size();
      continue;
    }
    if (c == '\\') {
      taken = 2;
    } else if (c == '[') {
      ++depth;
      if (expression.substr(at + taken).starts_with('^')) ++taken;
      if (expression.substr(at + taken).starts_with(']')) ++taken;  // there it stands for itself
    } else if (c == ']' && depth > 0) {
      --depth;
    }
    out += expression.substr(at, taken);
    at += taken;
  }
  return out;
}

std::unique_ptr<OnigMatchParam, FreeParameters> limits(size_t size) {
  OnigMatchParam* parameters = onig_new_match_param();
  onig_initialize_match_param(parameters);
  onig_set_match_stack_limit_size_of_match_param(parameters, kMostBacktracks);
  const unsigned long retries = 100'000 + 100 * static_cast<unsigned long>(size);
  onig_set_retry_limit_in_match_of_match_param(parameters, retries);
  onig_set_retry_limit_in_search_of_match_param(parameters, retries);
  return std::unique_ptr<OnigMatchParam, FreeParameters>(parameters);
}

}  // namespace

struct Regex::Compiled {
  OnigRegex regex = nullptr;
  ~Compiled() { onig_free(regex); }
};

Regex::Regex(std::string_view expression) {
  require(expression.size() <= kLongestExpression, "an expression of {} bytes is too long: at most {} are read",
          expression.size(), kLongestExpression);
  OnigEncoding encodings[] = {ONIG_ENCODING_UTF8};
  onig_initialize(encodings, 1);
  Properties::define();
  auto compiled = std::make_shared<Compiled>();
  OnigErrorInfo info{};
  const std::string read = with_symbols(expression);
  const char* end = read.data() + read.size();
  const int code = onig_new(&compiled->regex, bytes(read.data()), bytes(end), ONIG_OPTION_NONE, ONIG_ENCODING_UTF8,
                            ONIG_SYNTAX_DEFAULT, &info);
  require(code == ONIG_NORMAL, "the expression cannot be read: {}", message(code, &info));
  compiled_ = std::move(compiled);
}

std::optional<Regex::Match> Regex::find(std::string_view text, size_t from) const {
  const std::unique_ptr<OnigRegion, FreeRegion> region(onig_region_new());
  const auto parameters = limits(text.size());
  const OnigUChar* begin = bytes(text.data());
  const OnigUChar* end = begin + text.size();
  const int found = onig_search_with_param(compiled_->regex, begin, end, begin + from, end, region.get(),
                                           ONIG_OPTION_NONE, parameters.get());
  if (found == ONIG_MISMATCH) return std::nullopt;
  require(found >= 0, "a regular expression gives up on a text of {} bytes at byte {}: {}", text.size(), from,
          message(found));
  return Match{static_cast<size_t>(region->beg[0]), static_cast<size_t>(region->end[0])};
}

Regex Regex::whole(std::string_view expression) {
  const Regex alone(expression);  // parentheses of its own must match
  return Regex("\\A(?:" + std::string(expression) + ")\\z");
}

}  // namespace millet
