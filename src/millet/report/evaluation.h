// eval-NAME.json: what a model did on a set of problems. Rates are fractions, lengths are tokens.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "millet/io/json.h"
#include "millet/report/unknown.h"

namespace millet::report {

// Problems of one difficulty (operations, digits, …), answered greedily.
struct DifficultyRow {
  int64_t difficulty = 0;
  int64_t problems = 0;
  double pass1 = kUnknown;
  double length = kUnknown;
};

// One answer, greedy unless `temperature` of its evaluation says otherwise.
struct Transcript {
  int64_t difficulty = 0;
  std::string prompt;
  std::string answer;    // the right one
  std::string response;  // all of it, tags included
  std::string thinking;  // what stands between the tags
  std::string given;     // what the verifier took as the answer; empty: none
  bool right = false;
  bool truncated = false;
  int64_t tokens = 0;  // of the response
};

// The chance that one of k samples is right (eval/pass_at_k), for a k.
struct PassAt {
  int64_t k = 0;
  double pass = kUnknown;
};

// What the samples of one problem came to: enough to work pass@k and cons@k out anew.
struct SampledProblem {
  struct Answer {
    std::string text;  // as votes see it (tasks/task: vote)
    int64_t count = 0;
    bool right = false;
  };
  int64_t right = 0;  // of all n samples
  std::vector<Answer>
      answers;  // of the first k, distinct, the first given first; samples without an answer are missing
};

// Samples at one temperature, beside the greedy answers.
struct Sampling {
  double temperature = 1;
  int64_t problems = 0;                    // a subset of the evaluation's
  int64_t samples = 0;                     // n, of each problem
  int64_t k = 0;                           // of pass@k and cons@k; 0: nothing was sampled
  double pass1 = kUnknown;                 // share of right samples
  double pass_k = kUnknown;                // share of problems with a right one among k
  std::vector<PassAt> pass_at;             // of k = 1, 2, 4, … and k itself
  double cons_k = kUnknown;                // share of problems whose commonest answer among k is right
  double length = kUnknown;                // mean
  double truncated = kUnknown;             // share
  double thinks = kUnknown;                // share that thinks at all
  double wait = kUnknown;                  // "wait"s a response
  double wait_long = kUnknown;             // the same among responses that think
  std::vector<SampledProblem> by_problem;  // in the order of the set
};

struct Evaluation {
  std::string name;   // of the set: "test", "longer"
  std::string task;   // "chain"
  std::string unit;   // what difficulty counts: "operations"
  std::string model;  // directory that was evaluated
  std::string set;    // a hash of the problems: two evaluations of the same set have the same
  int64_t problems = 0;
  double chance = kUnknown;  // share of the commonest right answer
  // Greedy.
  double pass1 = kUnknown;
  double pass1_low = kUnknown, pass1_high = kUnknown;  // its 95 % interval (eval/interval)
  double length = kUnknown;                            // mean
  double thinks = kUnknown;                            // share with a non-empty thought
  double truncated = kUnknown;                         // share
  int64_t checker_failures = 0;                        // answers that could not be judged and count as wrong
  int64_t too_long = 0;        // problems that the model has no positions for; they count as wrong
  std::string first_too_long;  // "test.jsonl:3: 900 tokens, the model has 512 positions"; empty: none
  int64_t max_new_tokens = 0;  // of an answer; 0: all positions that are left
  int64_t limited = 0;         // problems that leave fewer positions than that
  int64_t lowest_limit = 0;    // the fewest of these
  std::string right;           // problem by problem, in their order: '1' or '0'
  Sampling sampled;
  std::vector<DifficultyRow> by_difficulty;
  std::vector<Transcript> transcripts;  // the first of the set, so that two evaluations of it can stand side by side
  double seconds = kUnknown;
};

io::Json to_json(const Evaluation& evaluation);  // the file's

// <dir>/eval-<name>.json, replaced as a whole.
void write_evaluation(const std::filesystem::path& dir, const Evaluation& evaluation);
Evaluation read_evaluation(const std::filesystem::path& file);  // Error: names file and key

// All eval-*.json of a directory, by name.
std::vector<Evaluation> read_evaluations(const std::filesystem::path& dir);

// Sets all eval-*.json of a directory aside, as eval-*.json.old, but those of these evaluations: what an earlier model
// did on sets that were not asked again would stand beside them as if it were theirs. Gives the names that the files
// had.
std::vector<std::string> set_aside_evaluations_but(const std::filesystem::path& dir, std::span<const Evaluation> kept);

}  // namespace millet::report
