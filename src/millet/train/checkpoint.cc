#include "millet/train/checkpoint.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "millet/core/error.h"
#include "millet/io/commit.h"
#include "millet/io/safetensors.h"
#include "millet/model/directory.h"

namespace millet::train {

namespace fs = std::filesystem;

static constexpr std::string_view kPrefix = "checkpoint-";

// The step of a checkpoint's directory name; nothing for other names.
static std::optional<int64_t> step_of(const fs::path& directory) {
  const std::string name = directory.filename().string();
  if (!name.starts_with(kPrefix)) return std::nullopt;
  int64_t step = 0;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data() + kPrefix.size(), end, step);
  return error == std::errc() && stop == end ? std::optional(step) : std::nullopt;
}

// Newest first.
static std::vector<fs::path> checkpoints(const fs::path& run) {
  std::vector<fs::path> list;
  if (!fs::is_directory(run)) return list;
  for (const fs::directory_entry& entry : fs::directory_iterator(run)) {
    if (entry.is_directory() && step_of(entry.path())) list.push_back(entry.path());
  }
  std::sort(list.begin(), list.end(), [](const fs::path& a, const fs::path& b) { return *step_of(a) > *step_of(b); });
  return list;
}

std::vector<int64_t> checkpoint_steps(const fs::path& run) {
  std::vector<int64_t> steps;
  for (const fs::path& path : checkpoints(run)) steps.push_back(*step_of(path));
  return steps;
}

void check_kept_are_written(std::string_view section, int64_t checkpoint_every, int64_t every) {
  require(
      every % checkpoint_every == 0,
      "{0}.keep_every is {1}, but checkpoints are written every {2} steps ({0}.checkpoint_every), so those of every "
      "{1} would not be there to be kept: give a multiple of {2}, or set {0}.checkpoint_every to a divisor of {1}",
      section, every, checkpoint_every);
}

static io::SafetensorsSpec spec_of(const std::string& name, const Tensor& t) {
  std::vector<int64_t> shape;
  for (int d = 0; d < t.rank(); ++d) shape.push_back(t.size(d));
  return {name, io::SafetensorsDtype::F32, shape};
}

void save_checkpoint(const fs::path& run, const Checkpoint& checkpoint, const model::Decoder& model,
                     Optimizer& optimizer, const CompanionFiles& companions, const Retention& retention) {
  const fs::path directory = run / fmt::format("{}{}", kPrefix, checkpoint.step);
  // A damaged one was passed over when the run went on: what is written now is what it should have been.
  if (fs::exists(directory / "optimizer.safetensors") && !io::verify(directory).empty())
    io::Disk::real().remove_all(directory);
  io::Commit commit(directory);
  model::save_model(commit, model.config(), model.parameters());
  for (const auto& [name, contents] : companions) commit.write(name, contents);

  std::vector<io::SafetensorsSpec> specs;
  optimizer.visit_state([&](const std::string& name, const Tensor& t) { specs.push_back(spec_of(name, t)); });
  io::SafetensorsWriter writer(commit / "optimizer.safetensors", specs);
  Device& device = model.parameters().device();
  optimizer.visit_state(
      [&](const std::string& name, const Tensor& t) { writer.write(name, to_host<float>(device, t)); });
  writer.finish();

  io::Json state = checkpoint.state;
  state["step"] = checkpoint.step;
  state["optimizer_steps"] = optimizer.steps();
  commit.write("state.json", state.pretty());
  commit.finish();

  std::vector<fs::path> all = checkpoints(run);
  for (size_t i = static_cast<size_t>(retention.newest); i < all.size(); ++i) {
    if (retention.every == 0 || *step_of(all[i]) % retention.every != 0) io::Disk::real().remove_all(all[i]);
  }
}

std::optional<fs::path> newest_checkpoint(const fs::path& run, Log& log) {
  for (const fs::path& path : checkpoints(run)) {
    const std::vector<io::Damage> damage = io::verify(path);
    if (damage.empty()) return path;
    log.warn("{}: {} {}; the checkpoint before it is used", path.string(), damage.front().file, damage.front().how);
  }
  return std::nullopt;
}

Checkpoint load_checkpoint(const fs::path& path, model::Decoder& model, Optimizer& optimizer) {
  model::load_weights(path, model.config(), model.parameters(), Log::silent());
  const auto file = io::SafetensorsFile::open(path / "optimizer.safetensors");
  Device& device = model.parameters().device();
  optimizer.visit_state([&](const std::string& name, const Tensor& t) {
    const io::SafetensorsEntry& entry = file.at(name);
    entry.require_shape(spec_of(name, t).shape);
    from_host(device, io::to_f32(entry), t);
  });
  Checkpoint c;
  c.state = io::read_json(path / "state.json");
  c.step = c.state.at("step").as_int();
  optimizer.set_steps(c.state.at("optimizer_steps").as_int());
  return c;
}

fs::path find_model(const fs::path& model_or_run, Log& log) {
  if (fs::exists(model_or_run / "config.json")) return model_or_run;
  require(fs::exists(model_or_run), "{}: there is no such model or run", model_or_run.string());
  const auto newest = newest_checkpoint(model_or_run, log);
  require(newest.has_value(), "{}: neither a model directory (no config.json) nor a run with a whole checkpoint{}",
          model_or_run.string(), io::other_weights_in(model_or_run));
  return *newest;
}

}  // namespace millet::train
