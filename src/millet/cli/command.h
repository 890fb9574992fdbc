// What a verb of `millet` is: a row of facts and a function. One file a verb: arguments in, calls to the library, and
// the hooks that join two rooms.
//
//   static int run(const Arguments& args) {
//     …
//     return 0;
//   }
//   const Command info{.name = "info",
//                      .summary = "what a model is: parameters, bytes, operations",
//                      .positionals = {{"MODEL", "a preset, a model directory or a run"}},
//                      .options = {option::json},
//                      .examples = {"millet info deepseek-v3"},
//                      .run = run};
//
// A new verb also needs its row in cli/commands.cc. Data goes to stdout, everything else to stderr; bad input is an
// Error that the library throws (exit code 2), so `run` returns 0 nearly always.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "millet/cli/arguments.h"

namespace millet::cli {

// What stands without a name on the command line, in order. Required unless optional.
struct Positional {
  std::string_view name;  // "RECIPE": also its name in Arguments
  std::string_view help;
  bool optional = false;  // may be absent; `args.has("RECIPE")` tells
  bool repeated = false;  // may be several, the last ones; `args.all("FILE")` has them
};

// What is named on the command line.
struct Option {
  std::string_view name;          // "--out": "out" in Arguments
  std::string_view value;         // what it takes, as help shows it: "DIR"; empty: a flag
  std::string_view help;          // with the unit
  std::string_view initial = {};  // its default, as a user would write it; empty: none
  bool repeated = false;          // may be given several times
};

struct Command {
  std::string_view name;
  std::string_view summary;  // one line, in lower case
  std::vector<Positional> positionals;
  std::vector<Option> options;
  std::vector<std::string_view> examples;  // whole command lines
  std::string (*keys)() = nullptr;         // the recipe's keys for `--help`; see cli/key_table.h
  int (*run)(const Arguments&) = nullptr;  // the exit code
};

// Options that several verbs share are declared here alone; Arguments has an accessor for each.
namespace option {
inline constexpr Option set{"--set", "KEY=VALUE", "override a key of the recipe; may be repeated", {}, true};
inline constexpr Option out{"--out", "DIR", "directory to write"};
inline constexpr Option threads{"--threads", "N", "threads to compute with (default: all cores)"};
inline constexpr Option seed{"--seed", "N", "seed of all randomness"};
inline constexpr Option isa{"--isa", "LEVEL", "instruction-set level, v2, v3 or v4 (default: the best there is)"};
inline constexpr Option json{"--json", "", "print JSON"};
inline constexpr Option dry_run{"--dry-run", "", "say what the job needs, and end; with --json as JSON"};
inline constexpr Option quiet{"--quiet", "", "no progress, warnings only"};
}  // namespace option

}  // namespace millet::cli
