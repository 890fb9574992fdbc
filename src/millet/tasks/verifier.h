// Is an answer right? Ways to judge one where a task has no verifier of its own: by text, by pattern, by a program of
// the user's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "millet/tasks/problem_records.h"

namespace millet::tasks {

struct VerifierConfig {
  std::string verifier = "exact";    // "math", "exact", "regex" or "command"
  std::vector<std::string> command;  // of "command": a program and its arguments
  double seconds = 5;                // that it may take for one answer
  std::string language = "english";  // of "math": whose words stand around an answer (math/language)
};

class Verifier {
 public:
  virtual ~Verifier() = default;
  virtual bool verify(const ProblemRecord& problem, std::string_view answer) const = 0;
  // Answers that could not be judged, and how the last of them failed; they count as wrong.
  struct Complaints {
    int64_t count = 0;
    std::string last;
  };
  virtual Complaints complaints() const { return {}; }
};

// math     tasks/math/verify finds the same value in it: the last box, what follows "answer", the last formula or
// number exact    the answer, white space at its ends left out, is the right one byte for byte regex    the whole
// answer matches the right one, an ECMAScript pattern. Patterns are looked at when problems are read:
//          check_problem() throws Error for one that is none
// command  the program is given {"question", "answer", "gold", "problem": the line as it was} as one line of JSON and
//          answers {"correct": true | false} in time; it is started once. What crashes, is late, says something else or
//          writes a second line is a complaint; verify() throws Error where it has judged none of its first 16 answers
// Throws Error: an unknown kind, no command.
std::unique_ptr<Verifier> make_verifier(const VerifierConfig& config);

void check_problem(const VerifierConfig& config, const ProblemRecord& problem);

}  // namespace millet::tasks
