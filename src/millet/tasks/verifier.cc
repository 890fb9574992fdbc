#include "millet/tasks/verifier.h"

#include <fmt/format.h>

#include <chrono>
#include <mutex>

#include "millet/core/error.h"
#include "millet/core/regex.h"
#include "millet/core/unicode.h"
#include "millet/io/process.h"
#include "millet/tasks/math/language.h"
#include "millet/tasks/math/verify.h"

namespace millet::tasks {

namespace {

// Formulas of files stand bare, without dollars around them; \$ is a sign of money.
std::string formula(std::string_view text) {
  bool marked = false;
  for (const std::string_view mark : {"$", "\\boxed", "\\(", "\\["}) {
    for (size_t at = 0; !marked && (at = text.find(mark, at)) != std::string_view::npos; ++at) {
      marked = at == 0 || text[at - 1] != '\\';
    }
  }
  return marked ? std::string(text) : "\\boxed{" + std::string(text) + "}";
}

class Mathematical final : public Verifier {
 public:
  explicit Mathematical(const std::string& language) {
    math::language(language);  // throws where nobody knows it
    options_.language = language;
  }

  bool verify(const ProblemRecord& problem, std::string_view answer) const override {
    const std::string gold = formula(problem.answer);
    if (math::verify_math(gold, answer, options_).equal) return true;
    const std::string whole = formula(unicode::trimmed(answer));  // an answer may be nothing but a formula: x^2+1
    return whole != answer && math::verify_math(gold, whole, options_).equal;
  }

 private:
  math::VerifyOptions options_;
};

class Exact final : public Verifier {
 public:
  bool verify(const ProblemRecord& problem, std::string_view answer) const override {
    return unicode::trimmed(answer) == unicode::trimmed(problem.answer);
  }
};

class Pattern final : public Verifier {
 public:
  bool verify(const ProblemRecord& problem, std::string_view answer) const override {
    try {
      return Regex::whole(problem.answer).find(unicode::trimmed(answer)).has_value();
    } catch (const Error&) {  // the answer is no UTF-8 text that the pattern could be tried on in time
      return false;
    }
  }
};

// A program that fails as often before it has judged anything will judge nothing.
constexpr int64_t kTrials = 16;

class Program final : public Verifier {
 public:
  explicit Program(const VerifierConfig& config)
      : program_(fmt::format("{}", fmt::join(config.command, " "))), process_(config.command), limit_(config.seconds) {}

  bool verify(const ProblemRecord& problem, std::string_view answer) const override {
    const io::Json line = io::Json::object(
        {{"question", problem.question}, {"answer", answer}, {"gold", problem.answer}, {"problem", problem.record}});
    const std::lock_guard lock(mutex_);
    const io::LineProcess::Answer said = process_.ask(line.dump(), limit_);
    if (said.restarted) complain("wrote more than one line for one answer");
    if (!said.ok) return complain(said.failure);
    try {
      const bool correct = io::Json::parse(said.line, "its answer").at("correct").as_bool();
      ++judged_;
      return correct;
    } catch (const Error& e) {
      return complain(fmt::format("{} (it wrote {:.100})", e.what(), said.line));
    }
  }

  Complaints complaints() const override {
    const std::lock_guard lock(mutex_);
    return complaints_;
  }

 private:
  bool complain(std::string what) const {
    ++complaints_.count;
    complaints_.last = std::move(what);
    require(judged_ > 0 || complaints_.count < kTrials,
            "task.command: {} judged none of the first {} answers; the last: it {}", program_, kTrials,
            complaints_.last);
    return false;
  }

  std::string program_;
  mutable std::mutex mutex_;
  mutable io::LineProcess process_;
  mutable Complaints complaints_;
  std::chrono::duration<double> limit_;
  mutable int64_t judged_ = 0;
};

}  // namespace

std::unique_ptr<Verifier> make_verifier(const VerifierConfig& config) {
  if (config.verifier == "command") {
    require(!config.command.empty(), "task.verifier is \"command\": task.command names the program and its arguments");
    return std::make_unique<Program>(config);
  }
  require(config.command.empty(), "task.command is given, but task.verifier is \"{}\": set it to \"command\"",
          config.verifier);
  if (config.verifier == "math") return std::make_unique<Mathematical>(config.language);
  if (config.verifier == "exact") return std::make_unique<Exact>();
  require(config.verifier == "regex", "task.verifier is \"{}\": there are math, exact, regex and command",
          config.verifier);
  return std::make_unique<Pattern>();
}

void check_problem(const VerifierConfig& config, const ProblemRecord& problem) {
  if (config.verifier == "regex") Regex::whole(problem.answer);
}

}  // namespace millet::tasks
