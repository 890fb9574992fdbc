// What models did on sets of problems, for people: tables of all measures, by difficulty and by k, and whole answers;
// several models stand side by side.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "millet/report/evaluation.h"

namespace millet::report {

struct EvaluatedModel {
  std::string name;  // "runs/demo/rl"
  std::vector<Evaluation> evaluations;
};

// Two models on the same set, problem by problem (eval/paired).
struct PairedOutcome {
  std::string set;  // name of the evaluation
  int64_t both = 0, only_first = 0, only_second = 0, neither = 0;
  double p = 1;
};

// One row a set and model, those of one set together: problems, greedy accuracy with its interval, lengths; a second
// table of samples. Empty where there are none.
std::string evaluation_table(std::span<const EvaluatedModel> models);

// A whole document. `paired` belongs to the first two models.
std::string evaluation_page(std::span<const EvaluatedModel> models, std::span<const PairedOutcome> paired);

}  // namespace millet::report
