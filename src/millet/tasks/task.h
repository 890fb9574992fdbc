// A kind of problem: its generator, its thoughts and its strict verifier. One file and one row in list.cc each.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "millet/core/rng.h"

namespace millet::tasks {

struct Problem {
  std::string prompt;      // what the model is shown: "3+4*7=?"
  std::string answer;      // the right answer in its one canonical spelling; of several right ones, one
  std::string canonical;   // the problem's identity: two problems with the same canonical form are the same problem
  int64_t difficulty = 0;  // number of operations, digits, bits or terms: curves are drawn against it
  std::string place = {};  // of one that was read: "train.jsonl:12"
};

enum class Split : uint8_t { train, test };

// How a worked example gets to its answer: at once; step by step; step by step with slips, each of them corrected.
enum class Style : uint8_t { direct, aloud, slip };

struct DifficultyRange {
  int64_t min = 0;
  int64_t max = 0;  // inclusive
  bool operator==(const DifficultyRange&) const = default;
};

// Stateless: everything random comes from the Rng that is handed in, so that an example is a function of its key.
class Task {
 public:
  virtual ~Task() = default;

  virtual std::string_view name() const = 0;                       // as recipes say it: "chain"
  virtual std::string_view origin(Split) const { return name(); }  // where its problems come from, as tables say it
  virtual std::string_view summary() const = 0;                    // one line for lists and help
  virtual std::string_view unit() const = 0;                       // what difficulty counts: "operations"
  virtual std::string_view alphabet() const = 0;       // each character of prompts, thoughts and answers, once
  virtual DifficultyRange default_range() const = 0;   // what recipes get that don't say
  virtual DifficultyRange possible_range() const = 0;  // what the generator can make

  // A problem of a difficulty drawn uniformly from `range`, of either split (see split.h).
  // Throws Error where the range is empty or leaves possible_range().
  Problem generate(Rng& rng, DifficultyRange range) const;

  // All problems of a split, of a task that has a list of them; empty: they are generated, and split_of tells them
  // apart.
  virtual std::span<const Problem> listed(Split) const { return {}; }

  // The text between <think> and </think>: empty for `direct`, and right at every step for `aloud`.
  // In `slip` every wrong result is followed by kWait (thought.h) and the whole step said again, right; where answers
  // are searched for, what is taken back is an attempt that missed.
  // Throws Error where the problem is not of this task.
  virtual std::string thinking(const Problem& problem, Style style, Rng& rng) const = 0;

  // A generated task works the prompt out anew and compares byte by byte: no trimming, no sign, no leading zero, no
  // other digits.
  virtual bool verify(const Problem& problem, std::string_view answer) const = 0;

  // By what two answers are the same one, where the commonest of several is looked for.
  virtual std::string vote(std::string_view answer) const { return std::string(answer); }

  // Whether judging is left to a program, which may fail.
  virtual bool asks_a_program() const { return false; }
  // What went wrong with judging so far, for the log: "" where nothing did.
  virtual std::string complaints() const { return ""; }
  // Answers that could not be judged so far; they counted as wrong.
  virtual int64_t unjudged() const { return 0; }

  // What was noticed when its problems were read, for the log: "" where nothing was.
  virtual std::string remarks() const { return ""; }

 protected:
  virtual Problem make(Rng& rng, int64_t difficulty) const = 0;
};

// Of its name and, where it has a list, of all problems of both splits: what they are, how hard, and what is right. Of
// a list that has changed it is another one.
uint64_t fingerprint(const Task& task);

}  // namespace millet::tasks
