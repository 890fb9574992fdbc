// A demonstration read as a whole, and the sections of its page. Each section is markup; empty where its data are
// absent.
#pragma once

#include <string>
#include <vector>

#include "millet/report/chart.h"
#include "millet/report/run_data.h"
#include "millet/report/summary.h"

namespace millet::report {

struct Demo {
  Summary summary;
  RunData base, rl, random_reward, supervised;
};

std::string demo_result(const Demo& demo);       // the table beside the controls, and whether the claims hold
std::string demo_curves(const Demo& demo);       // accuracy and length against the RL step
std::string demo_transcripts(const Demo& demo);  // the same problems before and after
std::string demo_learning(const Demo& demo);     // what RL did
std::string demo_limits(const Demo& demo);       // what it did not do: longer problems
std::string demo_pretraining(const Demo& demo);  // losses and experts of the base
std::string demo_ratio(const Demo& demo);        // sampled against trained log-probabilities
std::string demo_provenance(const Demo& demo);   // time, recipe, machine

// The run's evaluation on the held-out problems; one without figures where it is absent.
const Evaluation& test_of(const RunData& run);

// What the recipes and metrics of the runs say of the controls: the pages promise no more.
struct Controls {
  std::vector<std::string> random_reward;  // how that control differs from RL in more than its reward
  std::vector<std::string> supervised;     // how that control began elsewhere than RL
  double cost = kUnknown;                  // of the supervised control, RL's = 1
};
Controls controls_of(const Demo& demo);

std::string random_reward_note(const Controls& controls);  // what the control has in common with RL, a few words
std::string supervised_note(const Controls& controls);
std::string demo_controls(const Demo& demo);  // warns of controls that differ; empty where all is as it should be

// Curves of this colour are the random-reward control's: another one than chance, which they should lie on.
inline constexpr Role kControl = Role::second;

// The same name of the RL run and of its random-reward control.
Chart with_control(const Demo& demo, std::string_view name, std::string_view title, std::string_view note,
                   Unit unit = Unit::number);

}  // namespace millet::report
