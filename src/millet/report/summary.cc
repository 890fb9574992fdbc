#include "millet/report/summary.h"

#include <fmt/core.h>

#include <cmath>

#include "millet/io/file.h"
#include "millet/io/json.h"
#include "millet/report/progress.h"

namespace millet::report {

using io::Json;

namespace {

Json to_json(const Outcome& o) {
  return Json::object(
      {{"pass1", json_number(o.pass1)}, {"passk", json_number(o.passk)}, {"length", json_number(o.length)}});
}

Outcome outcome(const Json& json) {
  return {.pass1 = number_of(json, "pass1"), .passk = number_of(json, "passk"), .length = number_of(json, "length")};
}

std::string in_percent(double rate) {
  return reading(rate, Unit::fraction);
}

bool exact(const Summary& s) {
  return s.ratio_tokens > 0 && s.ratio_mismatches == 0;
}

}  // namespace

void write_summary(const std::filesystem::path& dir, const Summary& s) {
  Json seconds = Json::object();
  for (const auto& [phase, value] : s.seconds) seconds[phase] = json_number(value);
  const Json json = Json::object(
      {{"recipe", s.recipe},
       {"seed", s.seed},
       {"chance", json_number(s.chance)},
       {"before", to_json(s.before)},
       {"after", to_json(s.after)},
       {"controls", Json::object({{"random_reward", to_json(s.random_reward)}, {"supervised", to_json(s.supervised)}})},
       {"ratio_exactly_one", exact(s)},
       {"ratio", Json::object({{"tokens", s.ratio_tokens}, {"mismatches", s.ratio_mismatches}})},
       {"seconds", std::move(seconds)}});
  io::write_file_atomically(dir / "summary.json", json.pretty());
}

Summary read_summary(const std::filesystem::path& dir) {
  const Json json = io::read_json(dir / "summary.json");
  const Json& controls = json.at("controls");
  Summary s{.recipe = json.at("recipe").as_string(),
            .seed = json.at("seed").as_int(),
            .chance = number_of(json, "chance"),
            .before = outcome(json.at("before")),
            .after = outcome(json.at("after")),
            .random_reward = outcome(controls.at("random_reward")),
            .supervised = outcome(controls.at("supervised")),
            .ratio_tokens = json.at("ratio").at("tokens").as_int(),
            .ratio_mismatches = json.at("ratio").at("mismatches").as_int()};
  for (const auto& [phase, value] : json.at("seconds").members())
    s.seconds.emplace_back(phase, value.is_null() ? kUnknown : value.as_double());
  return s;
}

std::vector<Claim> claims(const Summary& s) {
  return {
      {"Before RL it does no better than guessing (at most 20 points above chance).",
       fmt::format("{} against {}", in_percent(s.before.pass1), in_percent(s.chance)),
       s.before.pass1 <= s.chance + 0.20},
      {"After RL it answers at least 90 % of problems that it never saw.", in_percent(s.after.pass1),
       s.after.pass1 >= 0.90},
      {"Its answers became at least twice as long.",
       fmt::format("{} → {} tokens", reading(s.before.length, Unit::tokens), reading(s.after.length, Unit::tokens)),
       s.after.length >= 2 * s.before.length},
      {"With a random reward nothing of this happens (within 10 points of before).",
       fmt::format("{} → {}", in_percent(s.before.pass1), in_percent(s.random_reward.pass1)),
       std::abs(s.random_reward.pass1 - s.before.pass1) <= 0.10},
      {"Every log-probability that sampling saw is, bit for bit, the one that training saw.",
       fmt::format("{} compared, {} differ", reading(static_cast<double>(s.ratio_tokens), Unit::count),
                   s.ratio_mismatches),
       exact(s)},
  };
}

}  // namespace millet::report
