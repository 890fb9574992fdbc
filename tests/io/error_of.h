// The text of the Error that a call throws.
#pragma once

#include <string>

#include "millet/core/error.h"

template <class Call>
std::string error_of(const Call& call) {
  try {
    call();
  } catch (const millet::Error& error) {
    return error.what();
  }
  return "no error";
}
