// What a recipe says about data: the section [data].
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "millet/core/fields.h"

namespace millet::data {

// One source of a mixture: texts, or problems of a task.
struct MixConfig {
  double share = 1;
  std::string task;
  std::string source;
  std::string key = "text";
  double fim_rate = 0;
  double direct = 0;
  double aloud = 1;
  double slip = 0;
  int64_t min = 0;
  int64_t max = 0;

  void fields(Fields& f);
};

struct Config {
  std::string source;
  std::string key = "text";
  double fim_rate = 0;
  std::map<std::string, MixConfig> mix;
  int64_t context = 256;
  std::string tokenizer = "auto";
  bool score_prompt = false;
  int64_t validation_problems = 512;

  void fields(Fields& f);
};

}  // namespace millet::data
