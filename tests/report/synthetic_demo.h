// A demonstration that never ran: its files, with figures like those of a small real one, for tests of the pages.
#pragma once

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "millet/core/rng.h"
#include "millet/report/evaluation.h"
#include "millet/report/run.h"
#include "millet/report/summary.h"

namespace millet::report {

struct SyntheticProblem {
  std::string prompt, thought, slip, answer;
  int64_t operations;
};

// v0 (op d)^n modulo 10 from left to right: its thought, and a thought that slips at one step and says so.
inline SyntheticProblem synthetic_problem(Rng& rng, int64_t operations) {
  int64_t v = static_cast<int64_t>(rng.below(10));
  SyntheticProblem p{
      .prompt = std::to_string(v), .thought = std::to_string(v), .slip = std::to_string(v), .operations = operations};
  const uint64_t slips_at = rng.below(static_cast<uint64_t>(operations));
  for (int64_t i = 0; i < operations; ++i) {
    const char op = "+-*"[rng.below(3)];
    const int64_t d = op == '*' ? std::vector<int64_t>{3, 7, 9}[rng.below(3)] : 1 + static_cast<int64_t>(rng.below(9));
    const int64_t next = ((op == '+' ? v + d : op == '-' ? v - d : v * d) % 10 + 10) % 10;
    const std::string term = std::string(1, op) + std::to_string(d);
    p.prompt += term;
    p.thought += term + "=" + std::to_string(next);
    p.slip += term + "=";
    if (static_cast<uint64_t>(i) == slips_at)
      p.slip += std::to_string((next + 3) % 10) + "wait" + std::to_string(v) + term + "=";
    p.slip += std::to_string(next);
    v = next;
  }
  p.prompt += "=?";
  p.answer = std::to_string(v);
  return p;
}

// How far the model has gone over to thinking: 0.18 before, near 1 after; without a true reward it stays.
inline double thinking_share(double step, bool is_control) {
  return is_control ? 0.19 : 0.18 + 0.82 / (1 + std::exp(-(step - 9) / 2.6));
}

inline void write_synthetic_base(const std::filesystem::path& dir, uint64_t seed) {
  Run run =
      Run::create(dir,
                  {.verb = "pretrain",
                   .version = "0.1.0 (synthetic)",
                   .machine = "2 cores, 8 GiB",
                   .seed = static_cast<int64_t>(seed)},
                  "model = \"v3-mini\"  # recipes/demo.toml:5\n\n[train]\nsteps = 1600  # recipes/demo.toml:20\n");
  Rng rng(seed, "synthetic base");
  for (int64_t step = 0; step <= 1600; ++step) {
    const auto s = static_cast<double>(step);
    const double loss = 0.27 + 2.3 * std::exp(-s / 90) + 0.55 / (1 + std::exp((s - 620) / 90));
    if (step % 100 == 0) run.append(MetricsRow{.step = step, .phase = "validate", .values = {{"loss", loss}}});
    if (step == 0) continue;
    MetricsRow row{
        .step = step, .phase = "train", .values = {{"loss", loss + 0.05 * rng.normal()}, {"mtp_loss", loss * 1.4}}};
    row.values.insert(row.values.end(), {{"lr", 2e-3 * std::min(1.0, s / 100) * (step < 800 ? 1 : 1 - (s - 800) / 842)},
                                         {"grad_norm", 0.4 + 0.1 * std::abs(rng.normal())},
                                         {"tokens", 1057},
                                         {"seconds", 0.13}});
    double total = 0, most = 0;
    std::vector<double> load;
    for (int e = 0; e < 8; ++e) {
      load.push_back(1 + (0.25 + 0.9 * std::exp(-s / 150)) * std::sin(e * 2.1 + s / 400) + 0.05 * rng.normal());
      load.back() = std::max(load.back(), 0.05);
      total += load.back();
    }
    for (const double l : load) most = std::max(most, l / total * 8);
    row.values.emplace_back("max_vio", most - 1);
    for (size_t e = 0; e < load.size(); ++e)
      row.values.emplace_back("expert_load/" + std::to_string(e), load[e] / total);
    run.append(row);
    if (step % 400 == 0) run.append(Sample{step, "0-9-1+9*7=?", "<think>0-9=1-1=0+9=9*7=3</think><answer>3</answer>"});
  }
  run.finish();
}

inline Rollout synthetic_rollout(Rng& rng, const SyntheticProblem& p, int64_t group, int64_t sample, double thinks,
                                 double slips, double accuracy) {
  const bool long_mode = rng.uniform() < thinks;
  const bool slip = long_mode && rng.uniform() < slips;
  const bool right = rng.uniform() < (long_mode ? accuracy : 0.1);
  Rollout r{.group = group, .sample = sample, .problem = p.prompt, .prompt = p.prompt};
  r.thinking = !long_mode ? "" : slip ? p.slip : p.thought;
  r.right_answer = p.answer;
  r.answer = right ? p.answer : std::to_string((std::stoi(p.answer) + 1) % 10);
  r.right = right;
  r.well_formed = true;
  r.ids.assign(r.thinking.size() + 6, 7);
  r.log_probs.assign(r.ids.size(), -0.125f);
  r.reward = {.total = right ? 1.1 : 0.1, .parts = {{"accuracy", right ? 1 : 0}, {"format", 0.1}}};
  r.advantage = r.reward.total - 0.5;
  return r;
}

inline void write_synthetic_rl(const std::filesystem::path& dir, uint64_t seed, bool is_control) {
  Run run = Run::create(
      dir,
      {.verb = "rl", .version = "0.1.0 (synthetic)", .machine = "2 cores, 8 GiB", .seed = static_cast<int64_t>(seed)},
      std::string("init = \"runs/demo/base\"  # --set\n\n[rl]\nsteps = 40  # recipes/demo.toml:30\n\n[rl.reward]\n") +
          (is_control ? "kind = \"random\"  # --set\n" : "kind = \"rule\"  # default\n"));
  Rng rng(seed, is_control ? "synthetic control" : "synthetic rl");
  for (int64_t step = 0; step <= 40; ++step) {
    const auto s = static_cast<double>(step);
    const double thinks = thinking_share(s, is_control);
    const double accuracy = is_control ? 0.67 - 0.5 * s / 40 : 0.67 + 0.3 * (1 - std::exp(-s / 10));
    const double slips = is_control ? 0.15 : 0.17 * std::exp(-s / 12) + 0.03;
    const double greedy = is_control ? 0.11 : 0.11 + 0.88 / (1 + std::exp(-(s - 7) / 1.1));
    if (step % 5 == 0)
      run.append(MetricsRow{.step = step,
                            .phase = "eval",
                            .values = {{"pass1", greedy},
                                       {"length", is_control ? 6.1 : 6 + 33 / (1 + std::exp(-(s - 7) / 1.1))},
                                       {"thinks", greedy}}});
    if (step == 0) continue;
    std::vector<Rollout> rollouts;
    for (int64_t group = 0; group < 8; ++group) {
      const SyntheticProblem p = synthetic_problem(rng, 4 + static_cast<int64_t>(rng.below(9)));
      for (int64_t sample = 0; sample < 4; ++sample)
        rollouts.push_back(synthetic_rollout(rng, p, group, sample, thinks, slips, accuracy));
    }
    run.write_rollouts(step, rollouts);
    const double t1 = thinks * accuracy + (1 - thinks) * 0.1 + 0.015 * rng.normal();
    run.append(MetricsRow{.step = step,
                          .phase = "rl",
                          .values = {{"reward", t1 + 0.1},
                                     {"accuracy", t1},
                                     {"format", 0.999},
                                     {"length", 6 + 33 * thinks + rng.normal()},
                                     {"thinks", thinks},
                                     {"truncated", 0},
                                     {"wait", thinks * slips},
                                     {"wait_long", slips},
                                     {"zero_variance", is_control ? 0.02 : 0.6 * (1 - std::exp(-s / 20))},
                                     {"entropy", is_control ? 0.22 : 0.21 * std::exp(-s / 9) + 0.015},
                                     {"loss", 0.001 * rng.normal()},
                                     {"grad_norm", 0.1},
                                     {"lr", 2e-4},
                                     {"ratio_tokens", 512 * (6 + 33 * thinks)},
                                     {"ratio_mismatches", 0},
                                     {"flops", 2.5e11 * s},
                                     {"rollout_seconds", 0.6},
                                     {"training_seconds", 1.0},
                                     {"seconds", 1.6}}});
  }
  run.finish();
}

inline void write_synthetic_evaluation(const std::filesystem::path& dir, const std::string& name, bool thinks,
                                       double pass1, uint64_t seed) {
  Rng noise(seed, "synthetic accuracy", thinks ? 1 : 0);
  Rng rng(seed, "synthetic evaluation");  // the same problems for every model
  const bool longer = name == "longer";
  Evaluation e{.name = name,
               .task = "chain",
               .unit = "operations",
               .model = dir.string(),
               .problems = longer ? 256 : 512,
               .chance = 0.113,
               .pass1 = pass1};
  e.length = thinks ? (longer ? 55 : 39.0) : 6;
  e.thinks = thinks ? 1 : 0;
  e.truncated = 0;
  if (!longer)
    e.sampled = {.temperature = 1,
                 .problems = 128,
                 .k = 16,
                 .pass1 = thinks ? 0.966 : 0.203,
                 .pass_k = thinks ? 1 : 0.945,
                 .length = thinks ? 38 : 12.4,
                 .thinks = thinks ? 1 : 0.189,
                 .wait = thinks ? 0.014 : 0.036,
                 .wait_long = thinks ? 0.014 : 0.189};
  const int64_t low = longer ? 13 : 4, high = longer ? 20 : 12;
  for (int64_t n = low; n <= high; ++n) {
    const double p = !thinks   ? 0.1 + 0.02 * noise.normal()
                     : !longer ? 1
                     : n == 13 ? 0.75
                               : 0.09 + 0.02 * std::abs(noise.normal());
    e.by_difficulty.push_back({n, longer ? 32 : 57, p, thinks ? std::min(7.0 + 4 * static_cast<double>(n), 58.0) : 6});
  }
  for (int i = 0; i < 24; ++i) {
    const SyntheticProblem p =
        synthetic_problem(rng, low + static_cast<int64_t>(rng.below(static_cast<uint64_t>(high - low + 1))));
    const bool right = thinks ? !longer : i % 10 == 0;
    const std::string given = right ? p.answer : std::to_string((std::stoi(p.answer) + 4) % 10);
    const std::string thinking = thinks ? p.thought : "";
    e.transcripts.push_back({.difficulty = p.operations,
                             .prompt = p.prompt,
                             .answer = p.answer,
                             .response = thinking + given,
                             .thinking = thinking,
                             .given = given,
                             .right = right,
                             .truncated = false,
                             .tokens = static_cast<int64_t>(thinking.size()) + 6});
  }
  write_evaluation(dir, e);
}

// The whole of it: runs, evaluations, summary.
inline void write_synthetic_demo(const std::filesystem::path& dir, uint64_t seed = 1) {
  write_synthetic_base(dir / "base", seed);
  write_synthetic_rl(dir / "rl", seed, false);
  write_synthetic_rl(dir / "random_reward", seed, true);
  {
    Run run = Run::create(dir / "supervised",
                          {.verb = "pretrain", .version = "0.1.0 (synthetic)", .seed = static_cast<int64_t>(seed)},
                          "init = \"runs/demo/base\"  # --set\n");
    run.append(MetricsRow{.step = 900, .phase = "train", .values = {{"loss", 0.3}, {"flops", 1.005e13}}});
    run.finish();
  }
  for (const char* run : {"base", "rl", "random_reward", "supervised"}) {
    const bool thinks = std::string(run) == "rl";
    write_synthetic_evaluation(dir / run, "test", thinks, thinks ? 0.998 : 0.107, seed);
    write_synthetic_evaluation(dir / run, "longer", thinks, thinks ? 0.164 : 0.105, seed + 100);
  }
  const Outcome before{.pass1 = 0.109, .passk = 0.945, .length = 6};
  write_summary(dir, {.recipe = "recipes/demo.toml",
                      .seed = static_cast<int64_t>(seed),
                      .chance = 0.113,
                      .before = before,
                      .after = {.pass1 = 0.998, .passk = 1, .length = 39},
                      .random_reward = {.pass1 = 0.105, .passk = 0.92, .length = 6.1},
                      .supervised = {.pass1 = 0.104, .passk = 0.97, .length = 6},
                      .ratio_tokens = 612345,
                      .ratio_mismatches = 0,
                      .seconds = {{"pre-training", 207},
                                  {"reinforcement learning", 62},
                                  {"control: random reward", 44},
                                  {"control: supervised", 58},
                                  {"evaluation", 21}}});
}

}  // namespace millet::report
