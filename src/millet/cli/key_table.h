// A recipe's keys as `--help` prints them.
#pragma once

#include <string>

#include "millet/core/fields.h"

namespace millet::cli {

// A line a key: path, type, default, help.
std::string key_table(const Fields& fields);

// For Command::keys: the table of a config with its default values.
template <class Config>
std::string keys_of() {
  Config config;
  Fields fields;
  config.fields(fields);
  return key_table(fields);
}

}  // namespace millet::cli
