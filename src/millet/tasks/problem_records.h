// Problems as people keep them, in one form: JSON lines whose keys tell the data set, or one's own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "millet/io/json.h"

namespace millet::tasks {

struct ProblemRecord {
  std::string question;
  std::string answer;      // the right one: "72", "\\frac{1}{2}"
  std::string solution;    // how one gets there; empty: not given
  int64_t difficulty = 0;  // MATH's level, CMATH's grade; 0: not given
  io::Json record;         // the line as it was
  int64_t line = 0;        // its number in the file
};

// By its keys:
//   GSM8K       question, answer with "#### N" at its end
//   MATH        problem, solution (its last \boxed{} is the answer unless there is one), level
//   AIME, AMC   problem or question, answer, also with capitals
//   SVAMP       Body, Question, Answer         MultiArith  input, target
//   CMATH       question, golden, grade        MGSM        messages, answer
//   Alpaca      instruction, input, answer
// and one's own: prompt, question or problem; answer, gold or target; solution; difficulty.
// Throws Error naming place and key where it is none of these.
ProblemRecord read_problem(const io::Json& record);

// All lines of a file, opened where it is gzip or zstd. White space and byte order marks around a line do not count.
// Throws Error "file:line: what": the file is missing, a line is no JSON or no problem, its question or answer is
// empty, there is none.
std::vector<ProblemRecord> read_problems(const std::filesystem::path& file);

}  // namespace millet::tasks
