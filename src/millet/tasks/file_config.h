// [task] of a recipe: a person's own problems, and how they are put and judged.
#pragma once

#include <string>
#include <vector>

#include "millet/core/fields.h"

namespace millet::tasks {

struct FileConfig {
  bool given() const { return !problems.empty() || !test.empty(); }

  std::string problems;
  std::string test;
  std::string verifier = "math";
  std::vector<std::string> command;
  double seconds = 5;
  std::string language = "english";
  std::string form = "tags";
  std::string instruction = "{question}";
  std::string system;

  void fields(Fields& f);
};

}  // namespace millet::tasks
