#include "millet/tasks/file_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "millet/core/error.h"
#include "millet/tasks/math/boxed.h"
#include "millet/tasks/problem_records.h"
#include "millet/tasks/split.h"
#include "millet/tasks/verifier.h"

namespace millet::tasks {

namespace {

class FileTask final : public Task {
 public:
  explicit FileTask(const FileConfig& config)
      : name_(stem_of(named_file(config))),
        test_name_(stem_of(config.test.empty() ? config.problems : config.test)),
        summary_(fmt::format("problems of {}", named_file(config))),
        verifier_(make_verifier({.verifier = config.verifier,
                                 .command = config.command,
                                 .seconds = config.seconds,
                                 .language = config.language})),
        asks_a_program_(config.verifier == "command") {
    if (!config.problems.empty()) add(config, config.problems, config.test.empty() ? nullptr : &train_);
    if (!config.test.empty()) add(config, config.test, &test_);
    require((!train_.empty() || config.problems.empty()) && !test_.empty(),
            "task '{}': {} problems to learn from and {} to be measured by: give more, or a file of each as "
            "task.problems and task.test",
            name_, train_.size(), test_.size());
    for (const auto& [question, record] : records_) {
      range_.min = std::min(range_.min, record.difficulty);
      range_.max = std::max(range_.max, record.difficulty);
      for (const std::string* text : {&record.question, &record.answer, &record.solution}) characters_ += *text;
    }
  }

  std::string_view name() const override { return name_; }
  std::string_view origin(Split split) const override { return split == Split::test ? test_name_ : name_; }
  std::string_view summary() const override { return summary_; }
  std::string_view unit() const override { return "level"; }
  std::string_view alphabet() const override { return characters_; }
  DifficultyRange default_range() const override { return range_; }
  DifficultyRange possible_range() const override { return range_; }
  std::span<const Problem> listed(Split split) const override { return split == Split::train ? train_ : test_; }

  std::string thinking(const Problem& problem, Style style, Rng&) const override {
    if (style == Style::direct) return "";
    const std::string& solution = record_of(problem).solution;
    require(!solution.empty(), "task '{}': \"{}\" has no solution to think aloud by", name_, problem.prompt);
    return solution;
  }

  bool verify(const Problem& problem, std::string_view answer) const override {
    return verifier_->verify(record_of(problem), answer);
  }

  // What stands in the box, where there is one.
  std::string vote(std::string_view answer) const override {
    return math::last_boxed(answer).value_or(std::string(answer));
  }

  bool asks_a_program() const override { return asks_a_program_; }

  int64_t unjudged() const override { return verifier_->complaints().count; }

  std::string remarks() const override { return remarks_; }

  std::string complaints() const override {
    const Verifier::Complaints c = verifier_->complaints();
    if (c.count == 0) return "";
    return fmt::format("{} answers could not be judged and count as wrong; the last: the program {}", c.count, c.last);
  }

 protected:
  Problem make(Rng& rng, int64_t) const override {
    require(!train_.empty(), "task '{}': there is nothing to learn from: name a file of problems as task.problems",
            name_);
    return train_[static_cast<size_t>(rng.below(static_cast<int64_t>(train_.size())))];
  }

 private:
  static const std::string& named_file(const FileConfig& config) {
    return config.problems.empty() ? config.test : config.problems;
  }

  static std::string stem_of(const std::string& file) { return std::filesystem::path(file).stem().string(); }

  // The problems of a file, into one list, or told apart by their questions. A question that is there again is one.
  void add(const FileConfig& config, const std::string& file, std::vector<Problem>* list) {
    const VerifierConfig verifier{.verifier = config.verifier};
    int64_t doubled = 0, other_answer = 0;
    std::string first;
    for (ProblemRecord& record : read_problems(file)) {
      try {
        check_problem(verifier, record);
      } catch (const Error& e) {
        throw e.within(fmt::format("{}:{}: the answer to \"{:.60}\"", file, record.line, record.question));
      }
      const bool may_repeat = list == nullptr || list == &train_;
      const int64_t line = record.line;
      const std::string answer = record.answer;
      const auto [at, is_new] = records_.try_emplace(record.question, std::move(record));
      require(may_repeat || !in_train(at->first),
              "task.test: \"{:.60}\" is in {} as well: what is learned from cannot be measured by", at->first,
              config.problems);
      if (!is_new) {
        if (++doubled == 1) first = fmt::format("lines {} and {}", at->second.line, line);
        other_answer += answer != at->second.answer ? 1 : 0;
        continue;
      }
      const ProblemRecord& kept = at->second;
      std::vector<Problem>& to = list != nullptr ? *list : split_of(kept.question) == Split::test ? test_ : train_;
      to.push_back(
          {.prompt = kept.question, .answer = kept.answer, .canonical = kept.question, .difficulty = kept.difficulty});
      to.back().place = fmt::format("{}:{}", file, kept.line);
      if (&to == &train_) questions_of_train_.insert(bare(kept.question));
    }
    if (doubled == 0) return;
    const std::string others = other_answer > 0 ? fmt::format(", {} of them with another answer", other_answer) : "";
    remarks_ += fmt::format("{}{}: {} stand{} there again{}, the first in {}: only where it stands first does it count",
                            remarks_.empty() ? "" : "; ", file,
                            doubled == 1 ? "one question" : fmt::format("{} questions", doubled),
                            doubled == 1 ? "s" : "", others, first);
  }

  // Questions that differ in white space alone are the same one.
  static std::string bare(std::string_view question) {
    std::string out;
    std::copy_if(question.begin(), question.end(), std::back_inserter(out), [](char c) { return c > ' ' || c < 0; });
    return out;
  }

  bool in_train(const std::string& question) const { return questions_of_train_.contains(bare(question)); }

  const ProblemRecord& record_of(const Problem& problem) const {
    const auto found = records_.find(problem.canonical);
    require(found != records_.end(), "task '{}': \"{}\" is none of its problems", name_, problem.prompt);
    return found->second;
  }

  std::string name_, test_name_, summary_, remarks_;
  std::unique_ptr<Verifier> verifier_;
  bool asks_a_program_;
  std::unordered_map<std::string, ProblemRecord> records_;  // by question
  std::set<std::string> questions_of_train_;
  std::vector<Problem> train_, test_;
  DifficultyRange range_{.min = INT64_MAX, .max = 0};
  std::string characters_;
};

}  // namespace

std::unique_ptr<Task> make_file_task(const FileConfig& config) {
  require(!config.problems.empty() || !config.test.empty(), "task.problems names no file");
  return std::make_unique<FileTask>(config);
}

}  // namespace millet::tasks
