#include "millet/rl/rules/repetition.h"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

namespace millet::rl {

double ngram_repetition(std::span<const int32_t> ids, int64_t n) {
  const auto size = static_cast<size_t>(n);
  if (ids.size() < size) return 0;
  std::vector<size_t> begins(ids.size() - size + 1);
  for (size_t i = 0; i < begins.size(); ++i) begins[i] = i;
  const auto gram = [&](size_t begin) { return ids.subspan(begin, size); };
  std::sort(begins.begin(), begins.end(), [&](size_t a, size_t b) {
    return std::lexicographical_compare(gram(a).begin(), gram(a).end(), gram(b).begin(), gram(b).end());
  });
  const auto end = std::unique(begins.begin(), begins.end(),
                               [&](size_t a, size_t b) { return std::ranges::equal(gram(a), gram(b)); });
  return static_cast<double>(end - begins.begin()) / static_cast<double>(begins.size()) - 1;
}

std::string repetition_formula(int64_t n) {
  return fmt::format("repetition = distinct {0}-grams / {0}-grams − 1", n);
}

}  // namespace millet::rl
