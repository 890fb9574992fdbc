// [sft] of a recipe: which chats a model is fine-tuned on.
#pragma once

#include <string>
#include <vector>

#include "millet/core/fields.h"

namespace millet::data {

struct SftConfig {
  std::vector<std::string> source;
  std::string chat_template;
  double epochs = 3;
  double validation_share = 0.02;

  void fields(Fields& f);
};

}  // namespace millet::data
