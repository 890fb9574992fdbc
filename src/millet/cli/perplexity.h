// millet eval MODEL --perplexity FILE: how well a model foretells a text.
#pragma once

#include "millet/cli/arguments.h"

namespace millet::cli {

void print_perplexity(const Arguments& args);

}  // namespace millet::cli
