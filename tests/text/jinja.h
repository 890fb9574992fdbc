// What tests of the template engine share: a template without messages.
#pragma once

#include <string>
#include <string_view>

#include "millet/core/error.h"
#include "millet/text/chat_template.h"

// The text that the template gives with `variables` (an object of JSON); where it is refused "error: " and why.
inline std::string jinja_says(std::string_view source, std::string_view variables = "{}") {
  namespace text = millet::text;
  std::tm now{};
  now.tm_year = 2024 - 1900;
  now.tm_mon = 6;
  now.tm_mday = 26;
  try {
    return text::ChatTemplate(source).render(millet::io::Json::array(),
                                             {.now = now, .extra = millet::io::Json::parse(variables)});
  } catch (const millet::Error& error) {
    const std::string_view said = error.what();
    const size_t line = said.find("line ");
    return "error: " + std::string(said.substr(said.find(": ", line) + 2));
  }
}
