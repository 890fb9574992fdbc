#include "millet/cli/estimate.h"

#include <fmt/core.h>
#include <malloc.h>

#include <algorithm>

#include "millet/cli/stderr_log.h"
#include "millet/core/memory.h"
#include "millet/io/json.h"
#include "millet/plan/hardware.h"
#include "millet/train/checkpoint.h"

namespace millet::cli {

static io::Json to_json(const plan::Estimate& e, int64_t available) {
  io::Json memory = io::Json::object(), seconds = io::Json::object();
  for (const Holding& h : e.memory) memory[h.name] = h.bytes;
  for (const plan::Estimate::PhaseTime& p : e.phases) seconds[p.name] = p.seconds;
  return io::Json::object({{"bytes", e.bytes},
                           {"available_bytes", available},
                           {"memory", memory},
                           {"seconds", e.seconds},
                           {"upper_bound", e.upper_bound},
                           {"phases", seconds}});
}

bool estimate_job(const Arguments& args, const Work& work, const std::function<std::vector<plan::UnitTime>()>& time) {
  malloc_trim(0);  // what reading the texts took and gave back would be counted twice: the job takes it again
  const int64_t resident = resident_memory(), available = plan::this_machine().memory_available;
  plan::require_room(plan::estimate(work, {}, resident), resident, available);
  const bool ends_here = args.has("dry-run");
  if (args.quiet() && !ends_here) return false;
  const bool is_done = std::all_of(work.phases.begin(), work.phases.end(), [](const Phase& p) { return p.units == 0; });
  if (is_done && !ends_here) return false;
  const plan::Estimate estimate = plan::estimate(work, time(), resident);
  if (!args.quiet()) {
    for (const std::string& line : plan::describe(estimate, available)) tell(line, 8);  // behind "memory  ", "time    "
  }
  if (ends_here && args.json()) fmt::print("{}\n", to_json(estimate, available).dump());
  return ends_here;
}

int64_t step_reached(const std::filesystem::path& run) {
  const auto newest = train::newest_checkpoint(run, Log::silent());
  return newest ? io::read_json(*newest / "state.json").at("step").as_int() : 0;
}

}  // namespace millet::cli
