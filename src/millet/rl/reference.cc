#include "millet/rl/reference.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "millet/core/error.h"
#include "millet/io/checksum.h"
#include "millet/io/commit.h"
#include "millet/model/directory.h"
#include "millet/rl/algorithms/kl.h"
#include "millet/train/checkpoint.h"

namespace millet::rl {

namespace fs = std::filesystem;

double charge_kl(const GrpoConfig& config, std::span<report::Rollout> rollouts,
                 std::span<const std::vector<float>> reference) {
  const KlEstimator& estimator = kl_estimator(config.kl_estimator);
  double sum = 0;
  int64_t tokens = 0;
  for (size_t i = 0; i < rollouts.size(); ++i) {
    report::Rollout& r = rollouts[i];
    const double lost = kl_penalty(estimator, config.kl_beta, r.log_probs, reference[i]);
    r.reward.total -= lost;
    r.reward.parts.emplace_back("kl", -lost);
    sum += lost / config.kl_beta;
    tokens += std::ssize(r.ids);
  }
  return sum / static_cast<double>(std::max<int64_t>(tokens, 1));
}

static constexpr std::string_view kReferencePrefix = "reference-";

// Names and values, weight by weight.
static std::string hash_of(const nn::Parameters& parameters) {
  uint64_t hash = 0;
  for (const nn::Parameter& p : parameters) {
    hash = io::hash64(p.name, hash);
    const std::vector<float> values = to_host<float>(parameters.device(), p.value);
    hash = io::hash64(std::as_bytes(std::span(values)), hash);
  }
  return fmt::format("{:016x}", hash);
}

Reference::Reference(const RlConfig& config, model::Decoder& model, fs::path run)
    : config_(config),
      model_(model),
      run_(std::move(run)),
      first_(hash_of(model.parameters())),
      objective_(config, model) {}

void Reference::restore(int64_t step) {
  const int64_t every = config_.grpo.reference_every;
  const int64_t renewed = every > 0 ? step / every * every : 0;
  if (renewed == 0) return;  // the first one
  const fs::path directory = run_ / fmt::format("{}{}", kReferencePrefix, renewed);
  require(fs::exists(directory), "{} is gone: the checkpoint of step {} cannot be gone on with", directory.string(),
          step);
  const std::vector<io::Damage> damage = io::verify(directory);
  require(damage.empty(), "{}: {} {}: the checkpoint of step {} cannot be gone on with", directory.string(),
          damage.empty() ? "" : damage.front().file, damage.empty() ? "" : damage.front().how, step);
  model::load_weights(directory, model_.config(), model_.parameters(), Log::silent());
  renewed_ = true;
  for (nn::Parameter& p : model_.parameters()) p.touch();
}

// The step of a kept reference's directory; −1 for other names.
static int64_t reference_step(const fs::path& path) {
  const std::string name = path.filename().string();
  if (!name.starts_with(kReferencePrefix)) return -1;
  int64_t step = -1;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data() + kReferencePrefix.size(), end, step);
  return error == std::errc() && stop == end ? step : -1;
}

bool Reference::renew(int64_t step, const model::Decoder& policy) {
  const int64_t every = config_.grpo.reference_every;
  if (every == 0 || step % every != 0) return false;
  renewed_ = true;
  Device& device = policy.parameters().device();
  for (nn::Parameter& p : model_.parameters()) {
    from_host(model_.parameters().device(), to_host<float>(device, policy.parameters().at(p.name).value), p.value);
    p.touch();
  }
  // Written again where a run went back behind it: it comes to the same bits.
  const fs::path directory = run_ / fmt::format("{}{}", kReferencePrefix, step);
  io::Disk::real().remove_all(directory);
  io::Commit commit(directory);
  model::save_model(commit, policy.config(), policy.parameters());
  commit.finish();
  remove_stale(step);
  return true;
}

void Reference::remove_stale(int64_t newest) {
  const int64_t every = config_.grpo.reference_every;
  if (every == 0) return;
  // Of a checkpoint kept for good too: one may go on from each that is there.
  std::set<int64_t> needed{newest};
  for (const int64_t checkpoint : train::checkpoint_steps(run_)) needed.insert(checkpoint / every * every);
  std::vector<fs::path> stale;
  for (const fs::directory_entry& entry : fs::directory_iterator(run_)) {
    const int64_t kept = reference_step(entry.path());
    if (kept >= 0 && !needed.contains(kept)) stale.push_back(entry.path());
  }
  for (const fs::path& path : stale) io::Disk::real().remove_all(path);
}

}  // namespace millet::rl
