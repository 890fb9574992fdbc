// millet logits DIR --ids FILE --out FILE: the tool to compare a model with other people's software.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "millet/cli/command.h"
#include "millet/cli/session.h"
#include "millet/cli/stderr_log.h"
#include "millet/io/json.h"
#include "millet/io/safetensors.h"

namespace millet::cli {

static std::vector<int32_t> read_ids(const std::filesystem::path& path, int64_t vocab_size) {
  const io::Json json = io::read_json(path);
  require(json.is_array(), "{} holds {}: a list of token ids is wanted, as [1, 17, 4]", path.string(),
          io::name_of(json.kind()));
  std::vector<int32_t> ids;
  for (const int64_t id : json.as_ints()) {
    require(id >= 0 && id < vocab_size, "{}: id {} is outside the model's vocabulary of {}", path.string(), id,
            vocab_size);
    ids.push_back(static_cast<int32_t>(id));
  }
  require(!ids.empty(), "{}: the list of ids is empty", path.string());
  return ids;
}

static int run_logits(const Arguments& args) {
  StderrLog log(args.quiet());
  const Machine machine(args, log);
  Context& ctx = *machine.ctx;
  const LoadedModel loaded(args.path("DIR"), ctx, nn::Parameters::Mode::mapped);
  const int64_t vocabulary = loaded.decoder->config().vocab_size;
  const std::vector<int32_t> ids = read_ids(args.path("ids"), vocabulary);
  const auto T = static_cast<int64_t>(ids.size());

  Arena inputs(ctx.device());
  std::vector<int32_t> positions(ids.size());
  std::iota(positions.begin(), positions.end(), 0);
  const std::vector<nn::Segment> segments{{.first_row = 0, .rows = T}};
  const nn::Batch batch{.tokens = inputs.ids(ids), .positions = inputs.ids(positions), .segments = segments};
  model::Decoder::Pass pass(ctx.device());
  loaded.decoder->forward(ctx, batch, pass);

  const std::vector<float> logits = to_host<float>(ctx.device(), pass.logits);
  const auto odd = std::count_if(logits.begin(), logits.end(), [](float x) { return !std::isfinite(x); });
  if (odd > 0) {
    log.warn("{} of {} logits are no finite numbers: look for such in the weights, or for an extreme config.json", odd,
             logits.size());
  }
  io::SafetensorsWriter writer(args.path("out"), {{"logits", io::SafetensorsDtype::F32, {T, vocabulary}}});
  writer.write("logits", logits);
  writer.finish();
  log.info("{} × {} logits written to {}", T, vocabulary, args.path("out").string());
  return 0;
}

extern const Command logits_command;
const Command logits_command{.name = "logits",
                             .summary = "the logits of some token ids, for comparison with other software",
                             .positionals = {{"DIR", "a model directory or a run"}},
                             .options = {{"--ids", "FILE", "JSON list of token ids"},
                                         {"--out", "FILE", "safetensors file to write: logits [T, V] in F32"},
                                         option::threads,
                                         option::isa,
                                         option::quiet},
                             .examples = {"millet logits runs/demo/rl --ids ids.json --out logits.safetensors"},
                             .run = run_logits};

}  // namespace millet::cli
