#include "millet/tasks/number_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace millet::tasks {

std::vector<int64_t> random_numbers(Rng& rng, int64_t count, int64_t below) {
  std::vector<int64_t> numbers;
  for (int64_t i = 0; i < count; ++i) numbers.push_back(rng.below(below));
  return numbers;
}

std::string to_text(const std::vector<int64_t>& numbers) {
  return fmt::format("{}", fmt::join(numbers, " "));
}

std::optional<std::vector<int64_t>> read_numbers(std::string_view text) {
  std::vector<int64_t> numbers;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(' ', begin), text.size());
    int64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data() + begin, text.data() + end, number);
    if (error != std::errc() || stop != text.data() + end) return std::nullopt;
    numbers.push_back(number);
    begin = end + 1;
  }
  // Writing them again finds every other spelling at once; "-" is checked by itself because to_text writes it, too.
  if (to_text(numbers) != text || text.find('-') != std::string_view::npos) return std::nullopt;
  return numbers;
}

}  // namespace millet::tasks
