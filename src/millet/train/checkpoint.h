// Checkpoints of a run: <run>/checkpoint-<step>/, a Hugging Face directory with the optimizer's state and the loop's
// beside it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "millet/core/log.h"
#include "millet/io/json.h"
#include "millet/model/decoder.h"
#include "millet/train/optimizer.h"

namespace millet::train {

// Files that a checkpoint carries beside the model, by name and contents: the tokenizer's.
using CompanionFiles = std::vector<std::pair<std::string, std::string>>;

// Which checkpoints stay: the newest, and beside them those whose step is a multiple of `every` (0: none).
struct Retention {
  int64_t newest = 3;
  int64_t every = 0;
};

// Throws Error where a checkpoint that is to be kept for good would never be written: `every` that is no multiple of
// `checkpoint_every`. `section` is that of the recipe whose keys these are.
void check_kept_are_written(std::string_view section, int64_t checkpoint_every, int64_t every);

struct Checkpoint {
  int64_t step = 0;
  io::Json state;  // state.json: "step", and a section of each loop's own
};

// Writes model (F32), generation_config.json, companions, optimizer.safetensors and state.json beside, checksummed and
// synced, then renames: it is there as a whole or not at all. Then those are removed that retention does not keep.
void save_checkpoint(const std::filesystem::path& run, const Checkpoint& checkpoint, const model::Decoder& model,
                     Optimizer& optimizer, const CompanionFiles& companions, const Retention& retention);

// The steps that a run has checkpoints of, the newest first, whether or not they are whole.
std::vector<int64_t> checkpoint_steps(const std::filesystem::path& run);

// The newest checkpoint whose checksums hold; a torn or altered one is named in the log and passed over.
std::optional<std::filesystem::path> newest_checkpoint(const std::filesystem::path& run, Log& log);

// Fills weights and optimizer. Throws Error naming the tensor that is missing or of another shape.
Checkpoint load_checkpoint(const std::filesystem::path& checkpoint, model::Decoder& model, Optimizer& optimizer);

// What a user may call a model: a Hugging Face directory, or a run, whose newest good checkpoint is meant.
std::filesystem::path find_model(const std::filesystem::path& model_or_run, Log& log);

}  // namespace millet::train
