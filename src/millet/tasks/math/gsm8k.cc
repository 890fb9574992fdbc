#include "millet/tasks/math/gsm8k.h"

#include <algorithm>

#include "millet/tasks/math/rational.h"

namespace millet::tasks::math {

namespace {

constexpr size_t kNone = std::string_view::npos;

std::string cleaned(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  std::string out;
  for (const char c : text) {
    if (c != ',') out += c;
  }
  const size_t begin = out.find_first_not_of(" \t\r$");
  if (begin == kNone) return {};
  size_t end = out.find_last_not_of(" \t\r") + 1;
  if (out[end - 1] == '.') --end;  // a full stop
  return out.substr(begin, end - begin);
}

std::optional<Rational> number_of(std::string_view text) {
  const bool minus = text.starts_with('-');
  if (minus) text.remove_prefix(1);
  const auto value = Rational::parse(text);
  return value && minus ? value->negated() : value;
}

}  // namespace

std::optional<std::string> gsm8k_value(std::string_view text) {
  const size_t hashes = text.rfind("####");
  const size_t a = text.rfind("A:");
  if (hashes == kNone && a == kNone) return std::nullopt;
  const bool by_hashes = a == kNone || (hashes != kNone && hashes > a);
  return cleaned(text.substr(by_hashes ? hashes + 4 : a + 2));
}

bool gsm8k_correct(std::string_view answer, std::string_view solution) {
  const std::string wanted = gsm8k_value(answer).value_or(cleaned(answer));
  const std::optional<std::string> given = gsm8k_value(solution);
  if (!given || given->empty() || wanted.empty()) return false;
  if (*given == wanted) return true;
  const auto a = number_of(wanted);
  const auto b = a ? number_of(*given) : std::nullopt;
  return b && *a == *b;
}

}  // namespace millet::tasks::math
