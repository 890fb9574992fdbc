#include "millet/report/evaluation.h"

#include <fmt/core.h>

#include <algorithm>

#include "millet/core/error.h"
#include "millet/io/disk.h"
#include "millet/io/file.h"
#include "millet/io/json.h"
#include "millet/report/escape.h"

namespace millet::report {

namespace fs = std::filesystem;
using io::Json;

namespace {

Json to_json(const SampledProblem& p) {
  Json answers = Json::array();
  for (const SampledProblem::Answer& a : p.answers) {
    Json& answer = answers.append(Json::array());
    answer.append(Json(well_formed(a.text)));
    answer.append(Json(a.count));
    answer.append(Json(a.right));
  }
  return Json::object({{"right", p.right}, {"answers", std::move(answers)}});
}

SampledProblem sampled_problem(const Json& json) {
  SampledProblem p{.right = json.at("right").as_int(), .answers = {}};
  for (const Json& a : json.at("answers").items())
    p.answers.push_back({a.at(size_t{0}).as_string(), a.at(1).as_int(), a.at(2).as_bool()});
  return p;
}

Json to_json(const Sampling& s) {
  Json by_problem = Json::array();
  for (const SampledProblem& p : s.by_problem) by_problem.append(to_json(p));
  Json pass_at = Json::array();
  for (const PassAt& at : s.pass_at) pass_at.append(Json::object({{"k", at.k}, {"pass", json_number(at.pass)}}));
  return Json::object({{"temperature", json_number(s.temperature)},
                       {"problems", s.problems},
                       {"samples", s.samples},
                       {"k", s.k},
                       {"pass1", json_number(s.pass1)},
                       {"pass_k", json_number(s.pass_k)},
                       {"pass_at", std::move(pass_at)},
                       {"cons_k", json_number(s.cons_k)},
                       {"length", json_number(s.length)},
                       {"truncated", json_number(s.truncated)},
                       {"thinks", json_number(s.thinks)},
                       {"wait", json_number(s.wait)},
                       {"wait_long", json_number(s.wait_long)},
                       {"by_problem", std::move(by_problem)}});
}

Json to_json(const DifficultyRow& d) {
  return Json::object({{"difficulty", d.difficulty},
                       {"problems", d.problems},
                       {"pass1", json_number(d.pass1)},
                       {"length", json_number(d.length)}});
}

Json to_json(const Transcript& t) {
  return Json::object({{"difficulty", t.difficulty},
                       {"prompt", well_formed(t.prompt)},
                       {"answer", well_formed(t.answer)},
                       {"response", well_formed(t.response)},
                       {"thinking", well_formed(t.thinking)},
                       {"given", well_formed(t.given)},
                       {"right", t.right},
                       {"truncated", t.truncated},
                       {"tokens", t.tokens}});
}

}  // namespace

Json to_json(const Evaluation& e) {
  Json by_difficulty = Json::array();
  for (const DifficultyRow& d : e.by_difficulty) by_difficulty.append(to_json(d));
  Json transcripts = Json::array();
  for (const Transcript& t : e.transcripts) transcripts.append(to_json(t));
  return Json::object({{"name", e.name},
                       {"task", e.task},
                       {"unit", e.unit},
                       {"model", e.model},
                       {"set", e.set},
                       {"problems", e.problems},
                       {"chance", json_number(e.chance)},
                       {"pass1", json_number(e.pass1)},
                       {"pass1_low", json_number(e.pass1_low)},
                       {"pass1_high", json_number(e.pass1_high)},
                       {"length", json_number(e.length)},
                       {"thinks", json_number(e.thinks)},
                       {"truncated", json_number(e.truncated)},
                       {"checker_failures", e.checker_failures},
                       {"too_long", e.too_long},
                       {"first_too_long", well_formed(e.first_too_long)},
                       {"max_new_tokens", e.max_new_tokens},
                       {"limited", e.limited},
                       {"lowest_limit", e.lowest_limit},
                       {"right", e.right},
                       {"sampled", to_json(e.sampled)},
                       {"by_difficulty", std::move(by_difficulty)},
                       {"transcripts", std::move(transcripts)},
                       {"seconds", json_number(e.seconds)}});
}

namespace {

Sampling sampling(const Json& json) {
  Sampling s{.temperature = number_of(json, "temperature"),
             .problems = json.int_or("problems", 0),
             .samples = json.int_or("samples", 0),
             .k = json.int_or("k", 0),
             .pass1 = number_of(json, "pass1"),
             .pass_k = number_of(json, "pass_k"),
             .pass_at = {},
             .cons_k = number_of(json, "cons_k"),
             .length = number_of(json, "length"),
             .truncated = number_of(json, "truncated"),
             .thinks = number_of(json, "thinks"),
             .wait = number_of(json, "wait"),
             .wait_long = number_of(json, "wait_long"),
             .by_problem = {}};
  if (const Json* rows = json.find("pass_at")) {
    for (const Json& at : rows->items()) s.pass_at.push_back({at.at("k").as_int(), number_of(at, "pass")});
  }
  if (const Json* problems = json.find("by_problem")) {
    for (const Json& p : problems->items()) s.by_problem.push_back(sampled_problem(p));
  }
  return s;
}

Transcript transcript(const Json& json) {
  return {.difficulty = json.int_or("difficulty", 0),
          .prompt = json.at("prompt").as_string(),
          .answer = json.at("answer").as_string(),
          .response = json.at("response").as_string(),
          .thinking = json.at("thinking").as_string(),
          .given = json.at("given").as_string(),
          .right = json.at("right").as_bool(),
          .truncated = json.bool_or("truncated", false),
          .tokens = json.at("tokens").as_int()};
}

}  // namespace

void write_evaluation(const fs::path& dir, const Evaluation& e) {
  const bool plain = !e.name.empty() && e.name.find_first_of("/\\") == std::string::npos;
  require(plain, "an evaluation cannot be named '{}': take letters, digits, - and _", e.name);
  io::write_file_atomically(dir / fmt::format("eval-{}.json", e.name), to_json(e).pretty());
}

Evaluation read_evaluation(const fs::path& file) {
  const Json json = io::read_json(file);
  Evaluation e{.name = json.at("name").as_string(),
               .task = json.string_or("task", ""),
               .unit = json.string_or("unit", ""),
               .model = json.string_or("model", ""),
               .set = json.string_or("set", ""),
               .problems = json.at("problems").as_int(),
               .chance = number_of(json, "chance"),
               .pass1 = number_of(json, "pass1"),
               .pass1_low = number_of(json, "pass1_low"),
               .pass1_high = number_of(json, "pass1_high"),
               .length = number_of(json, "length"),
               .thinks = number_of(json, "thinks"),
               .truncated = number_of(json, "truncated"),
               .checker_failures = json.int_or("checker_failures", 0),
               .too_long = json.int_or("too_long", 0),
               .first_too_long = json.string_or("first_too_long", ""),
               .max_new_tokens = json.int_or("max_new_tokens", 0),
               .limited = json.int_or("limited", 0),
               .lowest_limit = json.int_or("lowest_limit", 0),
               .right = json.string_or("right", ""),
               .seconds = number_of(json, "seconds")};
  if (const Json* sampled = json.find("sampled")) e.sampled = sampling(*sampled);
  if (const Json* rows = json.find("by_difficulty")) {
    for (const Json& d : rows->items())
      e.by_difficulty.push_back({.difficulty = d.at("difficulty").as_int(),
                                 .problems = d.at("problems").as_int(),
                                 .pass1 = number_of(d, "pass1"),
                                 .length = number_of(d, "length")});
  }
  if (const Json* transcripts = json.find("transcripts")) {
    for (const Json& t : transcripts->items()) e.transcripts.push_back(transcript(t));
  }
  return e;
}

static std::vector<fs::path> evaluation_files(const fs::path& dir) {
  std::vector<fs::path> files;
  if (fs::is_directory(dir)) {
    for (const auto& entry : fs::directory_iterator(dir)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with("eval-") && name.ends_with(".json")) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<Evaluation> read_evaluations(const fs::path& dir) {
  std::vector<Evaluation> evaluations;
  for (const fs::path& file : evaluation_files(dir)) evaluations.push_back(read_evaluation(file));
  return evaluations;
}

std::vector<std::string> set_aside_evaluations_but(const fs::path& dir, std::span<const Evaluation> kept) {
  std::vector<std::string> aside;
  for (const fs::path& file : evaluation_files(dir)) {
    const std::string name = file.filename().string();
    const bool stays =
        std::ranges::any_of(kept, [&](const Evaluation& e) { return name == fmt::format("eval-{}.json", e.name); });
    if (stays) continue;
    io::Disk::real().rename(file, dir / (name + ".old"));
    aside.push_back(name);
  }
  return aside;
}

}  // namespace millet::report
