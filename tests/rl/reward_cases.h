// The cases of other people's reward functions: lines of reward_cases.jsonl of one kind.
#pragma once

#include <string>
#include <vector>

#include "millet/io/file.h"
#include "millet/io/json.h"
#include "tests/core/test_data.h"

namespace millet::tests {

inline std::vector<io::Json> reward_cases(const std::string& reward) {
  std::vector<io::Json> cases;
  if (!has_test_data("math/reward_cases.jsonl")) return cases;
  const std::string text = io::read_file(kTestData / "math/reward_cases.jsonl");
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    io::Json json = io::Json::parse(std::string_view(text).substr(begin, end - begin));
    if (json.at("reward").as_string() == reward) cases.push_back(std::move(json));
    begin = end + 1;
  }
  CHECK(!cases.empty());
  return cases;
}

}  // namespace millet::tests
