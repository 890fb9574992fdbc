// Speed of rollouts: engine/rollout/f32/<preset>/sequences=…,prompt=…,new=…: groups of 16 samples, drawn to full
// length.
#include "bench/bench.h"
#include "millet/infer/engine.h"
#include "millet/model/init.h"
#include "millet/model/presets.h"

namespace millet::bench {

struct Rollout {
  int64_t sequences, prompt, new_tokens;
};

static void rollout(Machine& machine, const Rollout& r, benchmark::State& state) {
  model::ModelConfig config = model::find_preset("v3-mini")->config;
  config.vocab_size = 24;
  nn::Parameters parameters(machine.ctx().device(), nn::Parameters::Mode::inference);
  model::Decoder decoder(config, parameters);
  model::initialise(parameters, 1, {.layers = config.num_hidden_layers});

  const int64_t samples = std::min<int64_t>(r.sequences, 16);
  std::vector<infer::Request> requests;
  for (int64_t first = 0; first < r.sequences; first += samples) {
    infer::Request& request = requests.emplace_back();
    request.prompt.assign(static_cast<size_t>(r.prompt), static_cast<int32_t>(requests.size() % 24));
    request.samples = samples;
    request.sample_id = static_cast<uint64_t>(first);
    request.max_new_tokens = r.new_tokens;
  }
  infer::Engine engine(
      decoder, {.max_rows = std::max<int64_t>(r.sequences, 16),
                .cache_pages = infer::Engine::pages_for(r.sequences + r.sequences / 8, r.prompt + r.new_tokens)});
  for (auto _ : state) engine.generate(machine.ctx(), requests);
  const infer::EngineFacts facts = engine.facts();
  const auto iterations = static_cast<double>(state.iterations());
  machine.report(state, facts.flops / iterations, 0);
  state.counters["tokens/s"] = facts.tokens_a_second();
  state.counters["rows/step"] = facts.rows_a_step();
}

void register_all(Machine& machine) {
  for (const Rollout& r :
       {Rollout{1, 20, 60}, Rollout{16, 20, 60}, Rollout{128, 20, 60}, Rollout{512, 20, 60}, Rollout{512, 20, 108}}) {
    const std::string name =
        fmt::format("engine/rollout/f32/v3-mini/sequences={},prompt={},new={}", r.sequences, r.prompt, r.new_tokens);
    benchmark::RegisterBenchmark(name.c_str(), [&machine, r](benchmark::State& state) { rollout(machine, r, state); })
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  }
}

}  // namespace millet::bench
