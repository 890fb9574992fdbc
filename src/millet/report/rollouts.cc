#include "millet/report/rollouts.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "millet/core/error.h"
#include "millet/io/json.h"
#include "millet/report/escape.h"
#include "millet/report/lines.h"
#include "millet/report/unknown.h"

namespace millet::report {

namespace {

// The double whose shortest digits are those of the float: a third shorter in the file, and the cast back gives the
// same bits.
io::Json short_number(float value) {
  if (!std::isfinite(value)) return {};
  char digits[32];
  const auto written = std::to_chars(digits, digits + sizeof digits, value);
  double as_double = value;
  std::from_chars(digits, written.ptr, as_double);
  return as_double;
}

}  // namespace

std::string to_line(const Rollout& r) {
  io::Json reward = io::Json::object({{"total", json_number(r.reward.total)}});
  for (const auto& [name, value] : r.reward.parts) reward[name] = json_number(value);
  io::Json log_probs = io::Json::array();
  for (const float p : r.log_probs) log_probs.append(short_number(p));
  io::Json json = io::Json::object({{"group", r.group},
                                    {"sample", r.sample},
                                    {"problem", well_formed(r.problem)},
                                    {"prompt", well_formed(r.prompt)},
                                    {"thinking", well_formed(r.thinking)},
                                    {"answer", well_formed(r.answer)},
                                    {"right_answer", well_formed(r.right_answer)},
                                    {"right", r.right},
                                    {"well_formed", r.well_formed},
                                    {"prompt_ids", io::Json::array_of(r.prompt_ids)},
                                    {"ids", io::Json::array_of(r.ids)},
                                    {"log_probs", std::move(log_probs)},
                                    {"reward", std::move(reward)},
                                    {"advantage", json_number(r.advantage)},
                                    {"truncated", r.truncated}});
  if (!r.judged) json["judged"] = false;
  return json.dump();
}

Rollout rollout(std::string_view line) {
  const io::Json json = io::Json::parse(line);
  Rollout r{.group = json.at("group").as_int(),
            .sample = json.at("sample").as_int(),
            .problem = json.at("problem").as_string(),
            .prompt = json.at("prompt").as_string(),
            .thinking = json.at("thinking").as_string(),
            .answer = json.at("answer").as_string(),
            .right_answer = json.at("right_answer").as_string(),
            .right = json.at("right").as_bool(),
            .judged = json.bool_or("judged", true),
            .well_formed = json.at("well_formed").as_bool(),
            .reward = {.total = number_of(json.at("reward"), "total"), .parts = {}},
            .advantage = number_of(json, "advantage"),
            .truncated = json.at("truncated").as_bool()};
  for (const int64_t id : json.at("prompt_ids").as_ints()) r.prompt_ids.push_back(static_cast<int32_t>(id));
  for (const int64_t id : json.at("ids").as_ints()) r.ids.push_back(static_cast<int32_t>(id));
  for (const io::Json& p : json.at("log_probs").items())
    r.log_probs.push_back(p.is_null() ? static_cast<float>(kUnknown) : static_cast<float>(p.as_double()));
  for (const auto& [name, value] : json.at("reward").members()) {
    if (name != "total") r.reward.parts.emplace_back(name, value.is_null() ? kUnknown : value.as_double());
  }
  return r;
}

std::vector<int64_t> rollout_steps(const std::filesystem::path& run) {
  std::vector<int64_t> steps;
  if (!std::filesystem::is_directory(run / "rollouts")) return steps;
  for (const auto& entry : std::filesystem::directory_iterator(run / "rollouts")) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("step-") || !name.ends_with(".jsonl")) continue;
    int64_t step = 0;
    const char* end = name.data() + name.size() - 6;
    const auto [stopped, error] = std::from_chars(name.data() + 5, end, step);
    if (error == std::errc() && stopped == end) steps.push_back(step);
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

std::vector<Rollout> read_rollouts(const std::filesystem::path& run, int64_t step) {
  const auto file = run / "rollouts" / fmt::format("step-{}.jsonl", step);
  require(std::filesystem::exists(file), "{} has no rollouts of step {}", run.string(), step);
  std::vector<Rollout> rollouts;
  for_each_line(file, [&](std::string_view line, int64_t) { rollouts.push_back(rollout(line)); });
  return rollouts;
}

}  // namespace millet::report
