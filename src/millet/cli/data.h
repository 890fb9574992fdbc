// The actions of `millet data`, each in the file of its name.
#pragma once

#include "millet/cli/arguments.h"

namespace millet::cli {

void data_shard(const Arguments& args);  // data_shard.cc
void data_dedup(const Arguments& args);  // data_dedup.cc

}  // namespace millet::cli
