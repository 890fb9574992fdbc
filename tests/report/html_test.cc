#include "millet/report/html.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <regex>

#include "millet/core/error.h"
#include "millet/io/file.h"
#include "millet/io/json.h"
#include "synthetic_demo.h"
#include "tests/io/error_of.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::report;

namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// What stands between the markers, one after the other.
std::vector<std::string> between(std::string_view text, std::string_view open, std::string_view close) {
  std::vector<std::string> out;
  for (size_t at = text.find(open); at != std::string_view::npos; at = text.find(open, at)) {
    at += open.size();
    out.emplace_back(text.substr(at, text.find(close, at) - at));
  }
  return out;
}

}  // namespace

TEST_CASE("the page of a demonstration tells result, controls, curves, limits and provenance") {
  const TemporaryDirectory tmp;
  write_synthetic_demo(tmp.path());
  CHECK(write_page(tmp.path()) == tmp.path() / "report.html");
  const std::string page = io::read_file(tmp.path() / "report.html");
  for (const char* part : {"It learned to think before it answers",
                           "The result, beside its controls",
                           "What RL did",
                           "What RL did not do",
                           "RL selects and sharpens the long mode",
                           "control: random reward",
                           "control: more supervised training",
                           "pass@1, T = 1",
                           "pass@16, T = 1",
                           "The ratio check",
                           "Pre-training",
                           "Seconds by phase",
                           "recipes/demo.toml",
                           "Groups without variance",
                           "Entropy",
                           "MaxVio",
                           "Load of the experts",
                           "“wait” per response that thinks",
                           "before RL",
                           "after RL",
                           "its thinking",
                           "<mark>wait</mark>",
                           "2 cores, 8 GiB"})
    CHECK_MESSAGE(contains(page, part), std::string(part));
  CHECK(contains(page, "<td>guessing</td><td>11.3\u00a0%</td><td>–</td>"));
  CHECK(contains(page, "<td>before RL</td><td>10.9\u00a0%</td><td>20.3\u00a0%</td><td>94.5\u00a0%</td><td>6.0</td>"));
  CHECK(contains(page, "<td>after RL</td><td>99.8\u00a0%</td><td>96.6\u00a0%</td><td>100.0\u00a0%</td><td>39.0</td>"));
  CHECK(contains(page, "256 are right before RL and 16.4\u00a0% after it, where guessing gets 11.3\u00a0%."));
  CHECK(contains(page, "The shortest held-out ones have 4 operations"));
  CHECK_FALSE(contains(page, "class=\"fails\""));
  CHECK_FALSE(contains(page, ">nan"));
}

TEST_CASE("every canvas of a page has data that parse, and a table of numbers") {
  const TemporaryDirectory tmp;
  write_synthetic_demo(tmp.path());
  for (const char* run : {".", "base", "rl"}) {
    const std::string page = io::read_file(write_page(tmp.path() / run));
    const auto data = between(page, "<script type=\"application/json\">", "</script>");
    CHECK(data.size() >= 5);
    CHECK(between(page, "<canvas ", ">").size() == data.size());
    CHECK(between(page, "<summary>Numbers</summary>\n<div class=\"scroll\"><table>", "</table>").size() == data.size());
    for (const std::string& json : data) CHECK(io::Json::parse(json).at("series").size() > 0);
  }
}

TEST_CASE("a page says what is missing where scripts do not run") {
  const TemporaryDirectory tmp;
  write_synthetic_demo(tmp.path());
  for (const char* run : {".", "rl"}) {
    CHECK(contains(io::read_file(write_page(tmp.path() / run)), "<noscript><p class=\"callout\">The charts"));
  }
}

TEST_CASE("a page asks for nothing from outside") {
  const TemporaryDirectory tmp;
  write_synthetic_demo(tmp.path());
  for (const char* run : {".", "rl"}) {
    const std::string page = io::read_file(write_page(tmp.path() / run));
    for (const char* part :
         {" src=", "@import", "url(", "href=\"http", "fetch(", "XMLHttpRequest", "<link rel=\"stylesheet\""})
      CHECK_MESSAGE(!contains(page, part), std::string(part));
  }
}

TEST_CASE("claims that do not hold are marked, and the headline no longer makes them") {
  const TemporaryDirectory tmp;
  write_synthetic_demo(tmp.path());
  Summary s = read_summary(tmp.path());
  s.after.pass1 = 0.5;
  write_summary(tmp.path(), s);
  const std::string page = io::read_file(write_page(tmp.path()));
  CHECK_FALSE(contains(page, "It learned to think"));
  CHECK(between(page, "<li class=\"fails\">", "</li>").size() == 1);
}

TEST_CASE("what RL did is said as the figures have it") {
  const TemporaryDirectory tmp;
  write_synthetic_demo(tmp.path());
  std::string page = io::read_file(write_page(tmp.path()));
  CHECK(contains(page, "and yet accuracy rises and responses lengthen together"));
  CHECK(contains(page, "16 draws at random often hold the right one"));
  CHECK(contains(page, "would work at any length"));
  // A run of a few steps: nothing has changed.
  Summary s = read_summary(tmp.path());
  s.after = s.before;
  s.chance = 0.01;
  write_summary(tmp.path(), s);
  Evaluation same = read_evaluation(tmp.path() / "base" / "eval-test.json");
  same.sampled.k = 4;
  same.sampled.temperature = 0.7;
  for (const char* run : {"base", "rl"}) write_evaluation(tmp.path() / run, same);
  for (const int64_t step : rollout_steps(tmp.path() / "rl")) {
    if (step > 1) std::filesystem::remove(tmp.path() / "rl" / "rollouts" / ("step-" + std::to_string(step) + ".jsonl"));
  }
  page = io::read_file(write_page(tmp.path()));
  CHECK(contains(page,
                 "Thinking itself is not rewarded. Greedy accuracy went from 10.9\u00a0% to 10.9\u00a0%, the length "
                 "of responses from 6.0 to 6.0 tokens."));
  CHECK(contains(page, "RL changed little here"));
  CHECK(contains(page, "pass@4, T = 0.7"));
  for (const char* claim : {"lengthen together", "selects", "sharpens", "says little here", "would work at any length"})
    CHECK_FALSE(contains(page, claim));
}

TEST_CASE("a control is said to be one only where the files of the runs say so") {
  const TemporaryDirectory tmp;
  const auto in_recipe = [&](const char* run, std::string_view old, std::string_view now) {
    const std::filesystem::path file = tmp.path() / run / "recipe.toml";
    std::string text = io::read_file(file);
    REQUIRE(contains(text, old));
    io::write_file_atomically(file, text.replace(text.find(old), old.size(), now));
  };
  const auto page = [&] { return io::read_file(write_page(tmp.path())); };
  const auto flops = [&](double value) {
    Run run = Run::resume(tmp.path() / "supervised", {.verb = "pretrain", .version = "0.1.0 (synthetic)", .seed = 1},
                          io::read_file(tmp.path() / "supervised" / "recipe.toml"));
    run.append(MetricsRow{.step = 901, .phase = "train", .values = {{"flops", value}}});
    run.finish();
  };
  write_synthetic_demo(tmp.path());
  CHECK(contains(page(), "same prompts, steps and learning rate"));
  CHECK(contains(page(), "as many FLOPs as RL took"));
  CHECK(contains(page(), "the same run with a reward drawn at random"));
  CHECK_FALSE(contains(page(), "is not the same run"));

  flops(2e13);
  CHECK_FALSE(contains(page(), "as many FLOPs"));
  CHECK(contains(page(), "2.00 times the FLOPs of RL"));
  CHECK(contains(page(), "did not cost what RL cost:</strong> 2.00 times its FLOPs"));

  in_recipe("rl", "steps = 40", "steps = 60");
  CHECK_FALSE(contains(page(), "same prompts, steps"));
  CHECK_FALSE(contains(page(), "the same run with a reward drawn at random"));
  CHECK(contains(page(), "rl.steps is 40, RL’s is 60"));
  in_recipe("random_reward", "steps = 40", "steps = 60");
  CHECK(contains(page(), "same prompts, steps"));
  in_recipe("random_reward", "\"random\"", "\"rule\"");
  CHECK(contains(page(), "its reward is &quot;rule&quot;, not random"));
  in_recipe("supervised", "demo/base", "demo/other");
  CHECK(contains(page(), "; not from the same model"));
}

TEST_CASE("a random-reward control that was stopped early is no control") {
  const TemporaryDirectory tmp;
  write_synthetic_demo(tmp.path());
  Run::resume(tmp.path() / "random_reward", {.verb = "rl", .version = "0.1.0 (synthetic)", .seed = 1},
              io::read_file(tmp.path() / "random_reward" / "recipe.toml"))
      .cut_back(20);
  CHECK(contains(io::read_file(write_page(tmp.path())), "the number of steps done is 20, RL’s is 40"));
}

TEST_CASE("whatever a model says, a page holds no element of its making") {
  const TemporaryDirectory tmp;
  write_synthetic_demo(tmp.path());
  const std::string odd = "</script><img src=x onerror=alert(1)>\xff";
  Evaluation e = read_evaluation(tmp.path() / "rl" / "eval-test.json");
  for (Transcript& t : e.transcripts) t.thinking = t.given = t.response = odd;
  write_evaluation(tmp.path() / "rl", e);
  {
    Run run = Run::resume(tmp.path() / "base", {.verb = "pretrain", .version = "0.1.0 (synthetic)", .seed = 1},
                          io::read_file(tmp.path() / "base" / "recipe.toml"));
    run.append(Sample{1600, odd, odd});
    run.append(MetricsRow{.step = 1600, .phase = odd, .values = {{odd, 1}}});
    run.log(odd);
    run.interrupt(odd);
  }
  for (const char* run : {".", "base", "rl"}) {
    const std::string page = io::read_file(write_page(tmp.path() / run));
    CHECK_FALSE(contains(page, "<img"));
    CHECK(contains(page, "&lt;img src=x"));
  }
}

TEST_CASE("a run that has only begun has a page, and so has one of a single step") {
  const TemporaryDirectory tmp;
  Run run = Run::create(tmp.path() / "young", {.verb = "rl", .version = "0"}, "seed = 0  # default\n");
  CHECK(contains(io::read_file(write_page(run.dir())), "running"));
  run.append(MetricsRow{.step = 1, .phase = "rl", .values = {{"reward", 0.5}, {"entropy", NAN}}});
  run.write_rollouts(1, std::vector<Rollout>(3));
  CHECK(contains(io::read_file(write_page(run.dir())), "1 step in"));
}

TEST_CASE("a directory that is neither run nor demonstration is refused by name") {
  const TemporaryDirectory tmp;
  CHECK(error_of([&] { write_page(tmp.path()); }).find("neither a run (run.json) nor a demonstration") !=
        std::string::npos);
  io::write_file_atomically(tmp.path() / "summary.json", "{}");
  CHECK(error_of([&] { write_page(tmp.path()); }).find("controls") != std::string::npos);
}

namespace {

using Colours = std::map<std::string, std::string>;

// "--name: #rrggbb" of a block of declarations.
Colours colours(const std::string& block) {
  static const std::regex declaration(R"(--(\w+): (#[0-9a-f]{6});)");
  Colours all;
  for (std::sregex_iterator at(block.begin(), block.end(), declaration), end; at != end; ++at) all[(*at)[1]] = (*at)[2];
  return all;
}

// WCAG 2.1, relative luminance and contrast ratio.
double luminance(const std::string& colour) {
  double sum = 0;
  for (const auto& [at, weight] : {std::pair{1, 0.2126}, {3, 0.7152}, {5, 0.0722}}) {
    const double c = std::stoi(colour.substr(static_cast<size_t>(at), 2), nullptr, 16) / 255.0;
    sum += weight * (c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4));
  }
  return sum;
}

double contrast(const std::string& a, const std::string& b) {
  const auto [low, high] = std::minmax({luminance(a), luminance(b)});
  return (high + 0.05) / (low + 0.05);
}

}  // namespace

TEST_CASE("every text stands out from what it stands on by 4.5 to 1, in light and in dark") {
  const std::string css = io::read_file(std::string(MILLET_SOURCE_DIR) + "/web/report.css");
  const std::vector<std::string> schemes = between(css, ":root {", "}");
  REQUIRE(schemes.size() == 2);
  for (const std::string& scheme : schemes) {
    const Colours of = colours(scheme);
    for (const char* text : {"ink", "quiet", "main", "second", "good", "bad"}) {
      for (const char* ground : {"paper", "card", "wash"}) {
        CAPTURE(text);
        CAPTURE(ground);
        CHECK(contrast(of.at(text), of.at(ground)) >= 4.5);
      }
    }
    CHECK(contrast(of.at("ink"), of.at("mark")) >= 4.5);
  }
  // No text has a colour that is not held here.
  static const std::regex text_colour(R"([{;]\s*color: ([^;]+);)");
  for (std::sregex_iterator at(css.begin(), css.end(), text_colour), end; at != end; ++at) {
    const std::string value = (*at)[1];
    CAPTURE(value);
    CHECK(std::regex_match(value, std::regex(R"(var\(--(ink|quiet|main|second|good|bad)\))")));
  }
  CHECK(contains(css, "mark { background: var(--mark); color: var(--ink);"));
}
