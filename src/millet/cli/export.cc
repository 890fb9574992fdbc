// millet export MODEL DIR: a model as a Hugging Face directory, without what a run keeps beside it.
#include <fmt/core.h>

#include <array>

#include "millet/cli/command.h"
#include "millet/cli/session.h"
#include "millet/core/clock.h"
#include "millet/io/commit.h"
#include "millet/io/file.h"
#include "millet/model/directory.h"
#include "millet/report/progress.h"
#include "millet/report/run_log.h"

namespace millet::cli {

// What a directory has beside its model that others need to use it: the tokenizer's files and the chat template.
static constexpr std::array<std::string_view, 10> kCompanions = {
    "tokenizer.json",    "tokenizer_config.json",   "tokenizer.model",     "vocab.json",         "merges.txt",
    "added_tokens.json", "special_tokens_map.json", "chat_template.jinja", "chat_template.json", "LICENSE"};

static model::WeightFormat format_of(std::string_view dtype) {
  if (dtype == "bf16") return model::WeightFormat::bf16;
  require(dtype == "f32", "--dtype is '{}': a model is written as f32 or bf16", dtype);
  return model::WeightFormat::f32;
}

static int run_export(const Arguments& args) {
  report::View view = report::View::on_stderr(args.quiet());
  report::RunLog log(nullptr, &view);
  const double began = seconds_now();
  const model::WeightFormat format = format_of(args.text("dtype"));
  const std::filesystem::path to = args.path("DIR");
  std::error_code unreadable;
  require(!std::filesystem::exists(to, unreadable), "{} is there already: name a directory that is not", to.string());
  const Machine machine(args, log);
  const LoadedModel loaded(args.path("MODEL"), *machine.ctx, nn::Parameters::Mode::mapped);
  io::Commit commit(to);
  model::save_model(commit, loaded.decoder->config(), loaded.parameters, format, [&](int64_t done, int64_t total) {
    if (seconds_now() - began > 2)
      view.update({.phase = "writing, million weights", .step = done / 1'000'000, .steps = total / 1'000'000});
  });
  view.finish();
  // In place of the bare one of save_model.
  commit.write("generation_config.json", model::generation_config(loaded.directory, loaded.decoder->config()));
  const bool several_templates = io::is_there(loaded.directory / "additional_chat_templates");
  for (const std::string_view name : kCompanions) {
    const std::filesystem::path file = loaded.directory / name;
    if (name == "chat_template.jinja" && several_templates) continue;
    if (std::filesystem::exists(file, unreadable)) commit.write(name, io::read_file(file));
  }
  if (several_templates) {  // tokenizer_config.json lists them all
    const text::Tokenizer tokenizer = text::Tokenizer::load(loaded.directory);
    commit.write("tokenizer_config.json", tokenizer.tokenizer_config_json().pretty());
  }
  commit.finish();
  log.info("{} is written as {} to {}", loaded.directory.string(), args.text("dtype"), to.string());
  return 0;
}

extern const Command export_command;
const Command export_command{
    .name = "export",
    .summary = "a model as a Hugging Face directory for other software",
    .positionals = {{"MODEL", "a model directory or a run, whose newest checkpoint is taken"},
                    {"DIR", "directory to make"}},
    .options = {{"--dtype", "TYPE", "what weights are written as: f32, or bf16 at half the size", "bf16"},
                option::threads,
                option::isa,
                option::quiet},
    .examples = {"millet export runs/demo/rl reasoner", "millet export runs/shakespeare shakespeare-f32 --dtype f32"},
    .run = run_export};

}  // namespace millet::cli
