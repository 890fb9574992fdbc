#include "millet/report/run.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <ctime>
#include <thread>
#include <utility>

#include "millet/core/clock.h"
#include "millet/core/error.h"
#include "millet/io/disk.h"
#include "millet/io/file.h"
#include "millet/io/json.h"
#include "millet/report/escape.h"
#include "millet/report/lines.h"
#include "millet/report/recipe_values.h"
#include "millet/report/unknown.h"

namespace millet::report {

namespace fs = std::filesystem;

namespace {

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

// The descriptor of `lock` under an exclusive lock, or −1 where another process holds it. The lock goes with the
// descriptor, so a killed process leaves none behind.
int take_lock(const fs::path& dir) {
  const fs::path path = dir / "lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  require(file >= 0, "cannot write in {}: {}", dir.string(), std::generic_category().message(errno));
  // NOTE: a reader of run.json takes the lock for a moment to see whether the run's process lives; that is waited for.
  for (int attempt = 0; attempt < 20; ++attempt) {
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) return file;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ::close(file);
  return -1;
}

bool is_locked(const fs::path& dir) {
  const int file = ::open((dir / "lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool locked = ::flock(file, LOCK_SH | LOCK_NB) != 0;
  ::close(file);
  return locked;
}

// True where the directory holds nothing but what a creation that was cut off leaves behind.
bool is_as_good_as_empty(const fs::path& dir) {
  for (const auto& entry : fs::directory_iterator(dir)) {
    const std::string name = entry.path().filename().string();
    if (name != "lock" && name != "recipe.toml" && name != ".recipe.toml.partial" && name != ".run.json.partial")
      return false;
  }
  return true;
}

// A run stands for its newest checkpoint; naming one of them says no more than which is meant.
bool names_checkpoint_of(std::string_view run, std::string_view now) {
  if (run.ends_with('"')) run.remove_suffix(1);
  if (run.ends_with('/')) run.remove_suffix(1);
  return run.size() > 1 && now.starts_with(std::string(run) + "/checkpoint-");
}

// Throws Error naming the first key by which a recipe differs from the run's.
void check_same_recipe(const fs::path& dir, std::string_view before, std::string_view now) {
  const auto old_values = recipe_values(before);
  const auto new_values = recipe_values(now);
  constexpr const char* remedy = "go on with the recipe it began with, or name another directory with --out";
  for (const auto& [key, value] : old_values) {
    const auto found = new_values.find(key);
    require(found != new_values.end(), "{} was begun with the key {} = {}, which is absent now: {}", dir.string(), key,
            value, remedy);
    if (key == "init" && names_checkpoint_of(value, found->second)) continue;
    require(found->second == value, "{} was begun with {} = {}, not {}: {}", dir.string(), key, value, found->second,
            remedy);
  }
  for (const auto& [key, value] : new_values) {
    require(old_values.contains(key), "{} was begun without the key {} (now {}): {}", dir.string(), key, value, remedy);
  }
}

// What must hold of a directory in which a run is to begin.
void check_new(const fs::path& dir) {
  require(!fs::exists(dir) || fs::is_directory(dir), "{} is a file: name a directory with --out", dir.string());
  require(!is_run(dir), "{} is a run already: name another directory with --out", dir.string());
  require(!fs::exists(dir) || is_as_good_as_empty(dir),
          "{} is not empty and no run of Millet: name another directory with --out, or empty it", dir.string());
}

// What must hold of a run that is to go on.
void check_old(const fs::path& dir, const RunInfo& found, const RunInfo& info, std::string_view recipe) {
  require(found.verb == info.verb, "{} was made by 'millet {}', not by 'millet {}': name another directory with --out",
          dir.string(), found.verb, info.verb);
  require(found.seed == info.seed, "{} was begun with seed {}, not {}: give --seed {}, or another directory with --out",
          dir.string(), found.seed, info.seed, found.seed);
  check_same_recipe(dir, io::read_file(dir / "recipe.toml"), recipe);
}

void make_directories(const fs::path& dir) {
  std::error_code failure;
  fs::create_directories(dir, failure);
  require(!failure, "cannot make the directory {}: {}: name another with --out", dir.string(), failure.message());
}

[[noreturn]] void fail_locked(const fs::path& dir) {
  fail("another process is writing {}: wait for it, or name another directory with --out", dir.string());
}

io::Json to_json(const RunInfo& info) {
  return io::Json::object({{"verb", info.verb},
                           {"version", info.version},
                           {"machine", info.machine},
                           {"seed", info.seed},
                           {"started", info.started},
                           {"state", info.state},
                           {"reason", info.reason},
                           {"seconds", json_number(info.seconds)}});
}

RunInfo info_in(const fs::path& dir) {
  const io::Json json = io::read_json(dir / "run.json");
  return {.verb = json.at("verb").as_string(),
          .version = json.at("version").as_string(),
          .machine = json.string_or("machine", ""),
          .seed = json.at("seed").as_int(),
          .started = json.at("started").as_string(),
          .state = json.at("state").as_string(),
          .reason = json.string_or("reason", ""),
          .seconds = json.double_or("seconds", 0)};
}

// The steps' own seconds: what is known where a process could not write down how long it worked.
double seconds_of_steps(const fs::path& dir) {
  double seconds = 0;
  for (const MetricsRow& row : read_metrics(dir)) {
    if (const double s = row["seconds"]; std::isfinite(s)) seconds += s;
  }
  return seconds;
}

}  // namespace

bool is_run(const fs::path& dir) {
  return fs::is_regular_file(dir / "run.json");
}

RunInfo read_run(const fs::path& dir) {
  require(is_run(dir), "{} is no run: it has no run.json", dir.string());
  RunInfo info = info_in(dir);
  if (info.state != "running") return info;
  info.seconds = std::max(info.seconds, seconds_of_steps(dir));
  if (!is_locked(dir)) {
    info.state = "interrupted";
    info.reason = "its process ended without a word (killed, or stopped at once)";
  }
  return info;
}

std::vector<Sample> read_samples(const fs::path& run) {
  std::vector<Sample> samples;
  for_each_line(run / "samples.jsonl", [&](std::string_view line, int64_t) {
    const io::Json json = io::Json::parse(line);
    samples.push_back({json.at("step").as_int(), json.at("prompt").as_string(), json.at("text").as_string()});
  });
  return samples;
}

Run::Run(fs::path dir, RunInfo info, int lock)
    : dir_(std::move(dir)),
      info_(std::move(info)),
      lock_(lock),
      seconds_before_(info_.seconds),
      began_(seconds_now()),
      events_(dir_) {}

Run::Run(Run&& other) noexcept
    : dir_(std::move(other.dir_)),
      info_(std::move(other.info_)),
      resumed_(other.resumed_),
      closed_(std::exchange(other.closed_, true)),
      lock_(std::exchange(other.lock_, -1)),
      seconds_before_(other.seconds_before_),
      began_(other.began_),
      events_(std::move(other.events_)) {}

Run::~Run() {
  try {
    if (!closed_) close("interrupted", "an error stopped it; log.txt may say more");
  } catch (const Error&) {  // a destructor doesn't throw; readers notice the missing lock
  }
  if (lock_ >= 0) ::close(lock_);
}

Run Run::create(const fs::path& dir, RunInfo info, std::string_view recipe) {
  check_new(dir);
  make_directories(dir);
  const int lock = take_lock(dir);
  if (lock < 0) fail_locked(dir);
  info.started = utc_now();
  info.state = "running";
  info.reason.clear();
  info.seconds = 0;
  Run run(dir, std::move(info), lock);
  run.closed_ = true;  // until run.json is there, it is no run that could be interrupted
  io::write_file_atomically(dir / "recipe.toml", recipe);
  run.write_info();
  run.closed_ = false;
  return run;
}

Run Run::resume(const fs::path& dir, const RunInfo& info, std::string_view recipe) {
  require(is_run(dir), "{} is no run to go on with: it has no run.json", dir.string());
  RunInfo found = info_in(dir);
  check_old(dir, found, info, recipe);
  const int lock = take_lock(dir);
  if (lock < 0) fail_locked(dir);
  found.seconds = std::max(found.seconds, seconds_of_steps(dir));
  Run run(dir, std::move(found), lock);
  run.resumed_ = true;
  if (run.info_.version != info.version)
    run.log(fmt::format("gone on with by another version: {} (begun by {})", info.version, run.info_.version));
  run.info_.state = "running";
  run.info_.reason.clear();
  run.write_info();
  return run;
}

Run Run::create_or_resume(const fs::path& dir, RunInfo info, std::string_view recipe) {
  return is_run(dir) ? resume(dir, info, recipe) : create(dir, std::move(info), recipe);
}

void Run::check_place(const fs::path& dir, const RunInfo& info, std::string_view recipe) {
  if (is_run(dir)) {
    check_old(dir, info_in(dir), info, recipe);
    if (is_locked(dir)) fail_locked(dir);
    return;
  }
  check_new(dir);
  // Whether a directory can be made is known by making one, the outermost that is missing.
  fs::path missing = fs::absolute(dir).lexically_normal();
  if (missing.filename().empty()) missing = missing.parent_path();
  if (fs::exists(missing)) return;
  while (!fs::exists(missing.parent_path())) missing = missing.parent_path();
  make_directories(missing);
  std::error_code kept;  // somebody else has put something into it
  fs::remove(missing, kept);
}

std::string Run::recipe() const {
  return io::read_file(dir_ / "recipe.toml");
}

void Run::write_info() {
  io::write_file_atomically(dir_ / "run.json", to_json(info_).pretty());
}

// One write call a line: a process that dies leaves whole lines, or one torn last line which readers pass over.
void Run::append_line(const char* file, std::string_view line) {
  io::Disk& disk = io::Disk::real();
  const fs::path path = dir_ / file;
  const int out = disk.open_to_append(path);
  const std::string bytes = fmt::format("{}\n", line);
  disk.write(out, std::as_bytes(std::span(bytes)), path);
  disk.close(out, path);
}

void Run::append(const MetricsRow& row) {
  append_line("metrics.jsonl", to_line(row));
  events_.append(row);
}

void Run::append(const Sample& sample) {
  const io::Json json = io::Json::object(
      {{"step", sample.step}, {"prompt", well_formed(sample.prompt)}, {"text", well_formed(sample.text)}});
  append_line("samples.jsonl", json.dump());
}

void Run::log(std::string_view text) {
  append_line("log.txt", fmt::format("{}  {}", utc_now(), text));
}

void Run::write_rollouts(int64_t step, std::span<const Rollout> rollouts) {
  std::string lines;
  for (const Rollout& r : rollouts) lines += to_line(r) + "\n";
  std::error_code failure;
  fs::create_directories(dir_ / "rollouts", failure);
  io::write_file_atomically(dir_ / "rollouts" / fmt::format("step-{}.jsonl", step), lines);
}

void Run::cut_back(int64_t step) {
  events_.begin_from(step + 1);
  filter_lines(dir_ / "metrics.jsonl", [&](std::string_view line) { return metrics_row(line).step <= step; });
  filter_lines(dir_ / "samples.jsonl",
               [&](std::string_view line) { return io::Json::parse(line).at("step").as_int() <= step; });
  for (const int64_t later : rollout_steps(dir_)) {
    if (later > step) io::Disk::real().remove(dir_ / "rollouts" / fmt::format("step-{}.jsonl", later));
  }
}

void Run::close(std::string_view state, std::string_view reason) {
  info_.state = state;
  info_.reason = well_formed(reason);
  info_.seconds = seconds_before_ + seconds_now() - began_;
  closed_ = true;
  write_info();
}

void Run::finish() {
  close("finished", "");
}

void Run::interrupt(std::string_view reason) {
  close("interrupted", reason);
}

}  // namespace millet::report
