// A run: the directory that holds all facts of one job. Loops write them here, pages are made from them.
//
//   recipe.toml          the resolved recipe, every key with its origin
//   run.json             RunInfo
//   metrics.jsonl        report/metrics.h
//   events.out.tfevents.*   the same for TensorBoard: report/event_file.h
//   rollouts/step-N.jsonl   report/rollouts.h
//   samples.jsonl        texts of the model on the way
//   eval-NAME.json       report/evaluation.h
//   log.txt              warnings and remarks, with their time
//   lock                 held while a process writes; empty
//
// docs/run_directory.md is the whole contract. Checkpoints stand beside these files and are train/'s.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "millet/report/event_file.h"
#include "millet/report/metrics.h"
#include "millet/report/rollouts.h"

namespace millet::report {

struct RunInfo {
  std::string verb;     // "pretrain", "rl", …
  std::string version;  // of the program: commit, compiler, instruction set
  std::string machine;  // for people: processor, cores, memory; may be empty
  int64_t seed = 0;
  std::string started;            // UTC, ISO 8601; set when the run is made
  std::string state = "running";  // or "finished", "interrupted"
  std::string reason;             // why it was interrupted
  double seconds = 0;  // of work, over all processes that went on with it; of one that was killed, its steps' alone
};

struct Sample {
  int64_t step = 0;
  std::string prompt, text;
};

class Run {
 public:
  // Makes the directory (and its parents) and the files above. `recipe` is the text of the resolved recipe. Throws
  // Error where the directory exists and is not empty.
  static Run create(const std::filesystem::path& dir, RunInfo info, std::string_view recipe);

  // Opens a run to go on with it. Throws Error where the directory is no run, is one of another verb or seed, has a
  // recipe that differs in a value (the first one is named; origins may differ), or is being written by another
  // process.
  // The files are left as they are: cut_back() is the caller's, who knows the checkpoint.
  static Run resume(const std::filesystem::path& dir, const RunInfo& info, std::string_view recipe);

  // Resumes what is there, creates where nothing or an empty directory is.
  static Run create_or_resume(const std::filesystem::path& dir, RunInfo info, std::string_view recipe);

  // Throws the Error that create_or_resume() would, as far as it can be known beforehand; leaves everything as it is.
  static void check_place(const std::filesystem::path& dir, const RunInfo& info, std::string_view recipe);

  // An exception or a return without finish() or interrupt() leaves the state "interrupted".
  ~Run();
  Run(Run&&) noexcept;
  Run& operator=(Run&&) = delete;

  const std::filesystem::path& dir() const { return dir_; }
  const RunInfo& info() const { return info_; }
  bool resumed() const { return resumed_; }
  std::string recipe() const;  // text of recipe.toml

  // Each of these is on disk when it returns, in one piece unless the machine fails.
  void append(const MetricsRow& row);
  void write_rollouts(int64_t step, std::span<const Rollout> rollouts);  // replaces the step's file as a whole
  void append(const Sample& sample);
  void log(std::string_view text);  // a line in log.txt

  // Takes everything of later steps away: rows of metrics and samples with a step above `step`, and rollouts of later
  // steps. A torn last line goes too. To be called with the checkpoint's step before going on from it; −1 begins anew.
  void cut_back(int64_t step);

  void finish();
  void interrupt(std::string_view reason);  // "SIGINT at step 120"

 private:
  Run(std::filesystem::path dir, RunInfo info, int lock);
  void write_info();
  void append_line(const char* file, std::string_view line);
  void close(std::string_view state, std::string_view reason);

  std::filesystem::path dir_;
  RunInfo info_;
  bool resumed_ = false;
  bool closed_ = false;
  int lock_ = -1;              // file descriptor of `lock`, under flock
  double seconds_before_ = 0;  // of processes before this one
  double began_ = 0;
  EventFile events_;
};

bool is_run(const std::filesystem::path& dir);
RunInfo read_run(const std::filesystem::path& dir);  // throws Error where it is none
std::vector<Sample> read_samples(const std::filesystem::path& run);

}  // namespace millet::report
