// Train and test: which problems may be learned from, and which are only ever asked.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "millet/tasks/task.h"

namespace millet::tasks {

// A function of the canonical form alone: test iff the low four bits of splitmix64's finaliser over the 64-bit FNV-1a
// hash of its bytes are zero, which is one problem in sixteen. It holds for every seed, range and run, so that what one
// run trained on can never be what another is tested on. It must not change: published results rest on it.
Split split_of(std::string_view canonical);

// Draws until a problem falls into the split and the range. Throws Error where there is none.
Problem generate_in(const Task& task, Split split, Rng& rng, DifficultyRange range);

// `count` problems with distinct canonical forms, the same for the same arguments; of a list, all where it has fewer.
// Throws Error where the range holds fewer.
std::vector<Problem> evaluation_set(const Task& task, Split split, DifficultyRange range, int64_t count, uint64_t seed);

}  // namespace millet::tasks
