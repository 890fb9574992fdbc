// millet generate MODEL: text from a prompt, for scripts.
#include "millet/infer/generate.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <iterator>

#include "millet/cli/command.h"
#include "millet/cli/session.h"
#include "millet/cli/stderr_log.h"
#include "millet/io/json.h"

namespace millet::cli {

static std::string read_stdin() {
  return {std::istreambuf_iterator<char>(std::cin), {}};
}

static int run_generate(const Arguments& args) {
  StderrLog log(args.quiet());
  const Machine machine(args, log);
  Context& ctx = *machine.ctx;
  const LoadedModel loaded(args.path("MODEL"), ctx, nn::Parameters::Mode::mapped);
  const text::Tokenizer tokenizer = text::Tokenizer::load(loaded.directory);
  const std::string prompt = args.has("prompt") ? args.text("prompt") : read_stdin();
  const int64_t max_new_tokens = args.integer("max-new-tokens", 1);
  const std::vector<int32_t> ids = infer::prompt_ids(tokenizer, prompt);
  require(!ids.empty(), "the prompt is empty and this tokenizer has no <bos>: give --prompt TEXT");

  infer::SamplingParams sampling{.temperature = args.number("temperature"),
                                 .top_p = args.number("top-p"),
                                 .top_k = args.integer("top-k", 0),
                                 .seed = args.seed().value_or(0)};
  sampling.check();
  const model::ModelConfig& config = loaded.decoder->config();
  const auto prompt_tokens = static_cast<int64_t>(ids.size());
  infer::Engine engine(*loaded.decoder, {.cache_pages = infer::pages_for_text(config, prompt_tokens, max_new_tokens)});
  const bool stream = !args.json();
  const infer::Generated out = infer::generate(ctx, engine, tokenizer, ids,
                                               {.sampling = sampling,
                                                .max_new_tokens = max_new_tokens,
                                                .stop_ids = infer::stop_ids(tokenizer, config),
                                                .stops = args.all("stop")},
                                               [&](std::string_view piece) {
                                                 if (stream) {
                                                   fmt::print("{}", piece);
                                                   std::fflush(stdout);
                                                 }
                                                 return true;
                                               });
  if (out.completion.finish == infer::Finish::length &&
      static_cast<int64_t>(out.completion.ids.size()) < max_new_tokens) {
    log.info("the text ends where the model's {} positions do", config.max_position_embeddings);
  }
  if (stream) {
    fmt::print("\n");
    return 0;
  }
  const bool stopped = out.completion.finish == infer::Finish::stop;
  fmt::print("{}\n", io::Json::object({{"text", out.text},
                                       {"prompt_ids", io::Json::array_of(ids)},
                                       {"ids", io::Json::array_of(out.completion.ids)},
                                       {"log_probs", io::Json::array_of(out.completion.log_probs)},
                                       {"finish_reason", stopped ? "stop" : "length"},
                                       {"prompt_tokens", out.completion.prompt_tokens}})
                         .dump());
  return 0;
}

extern const Command generate_command;
const Command generate_command{
    .name = "generate",
    .summary = "text from a prompt",
    .positionals = {{"MODEL", "a model directory or a run"}},
    .options = {{"--prompt", "TEXT", "what to go on from (default: standard input)"},
                {"--max-new-tokens", "N", "most tokens to draw", "256"},
                {"--temperature", "T", "0 takes the likeliest token each time", "0"},
                {"--top-p", "P", "draw from the smallest set of tokens with this probability", "1"},
                {"--top-k", "K", "draw from the K likeliest tokens, 0 = all", "0"},
                {"--stop", "TEXT", "end before this text; may be repeated", {}, true},
                option::seed,
                option::threads,
                option::isa,
                option::json,
                option::quiet},
    .examples = {"millet generate runs/demo/rl --prompt '3+4*7='",
                 "echo 'ROMEO:' | millet generate runs/shakespeare --temperature 0.8"},
    .run = run_generate};

}  // namespace millet::cli
