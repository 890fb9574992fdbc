// Assignments that a config refuses by their whole keys.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <initializer_list>
#include <string>
#include <string_view>

#include "millet/core/error.h"
#include "millet/core/fields.h"

namespace millet::tests {

// Each of `assignments` ("steps=0"), below `section` and alone on a config of defaults, is refused when it is set or by
// check().
template <class Config>
void check_refused(std::string_view section, std::initializer_list<std::string_view> assignments) {
  for (const std::string_view assignment : assignments) {
    CAPTURE(assignment);
    Config config;
    Fields fields;
    fields.section(section, config, "");
    const auto set_and_check = [&] {
      fields.set_text(fmt::format("{}.{}", section, assignment), "test");
      config.check();
    };
    const std::string key = fmt::format("{}.{}", section, assignment.substr(0, assignment.find('=')));
    CHECK_THROWS_WITH_AS(set_and_check(), doctest::Contains(key.c_str()), Error);
  }
}

}  // namespace millet::tests
