// millet chat MODEL: talk to a model in the terminal, its thinking dimmed.
#include <fmt/core.h>
#include <histedit.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>

#include "millet/cli/command.h"
#include "millet/cli/session.h"
#include "millet/cli/stderr_log.h"
#include "millet/cli/thinking_printer.h"
#include "millet/infer/generate.h"
#include "millet/io/json.h"
#include "millet/text/chat_prompt.h"
#include "millet/text/thinking.h"

namespace millet::cli {

namespace {

// Lines with history and editing where a person types, plain lines where a pipe does.
class Lines {
 public:
  Lines() {
    if (!isatty(STDIN_FILENO)) return;
    edit_ = el_init("millet", stdin, stdout, stderr);
    history_ = history_init();
    HistEvent event;
    history(history_, &event, H_SETSIZE, 200);
    el_set(
        edit_, EL_PROMPT, +[](EditLine*) { return const_cast<char*>("> "); });
    el_set(edit_, EL_EDITOR, "emacs");
    el_set(edit_, EL_SIGNAL, 1);  // Ctrl-C ends the program with a terminal that echoes again
    el_set(edit_, EL_HIST, history, history_);
  }
  ~Lines() {
    if (edit_ == nullptr) return;
    history_end(history_);
    el_end(edit_);
  }
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  bool typed() const { return edit_ != nullptr; }

  bool next(std::string& line) {
    if (edit_ == nullptr) {
      if (!std::getline(std::cin, line)) return false;
      if (line.ends_with('\r')) line.pop_back();  // of a file whose lines end as on Windows
      return true;
    }
    int count = 0;
    const char* text = el_gets(edit_, &count);
    if (text == nullptr || count <= 0) {  // Ctrl-D: what comes next stands on a line of its own
      std::fputs("\n", stdout);
      return false;
    }
    HistEvent event;
    history(history_, &event, H_ENTER, text);
    line = text;
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
    return true;
  }

 private:
  EditLine* edit_ = nullptr;
  History* history_ = nullptr;
};

// Each piece is seen at once.
void print_now(std::string_view text) {
  fmt::print("{}", text);
  std::fflush(stdout);
}

}  // namespace

namespace {

// What a model is given for each line: of one with a chat template the whole conversation, of another the line alone.
class Conversation {
 public:
  Conversation(const text::Tokenizer& tokenizer, const std::filesystem::path& directory, const std::string& system)
      : tokenizer_(tokenizer) {
    if (text::ChatPrompt::is_in(directory)) template_.emplace(tokenizer, directory);
    require(template_ || system.empty(), "--system: {} has no chat template, its prompts stand as they are",
            directory.string());
    if (!system.empty()) messages_.append(io::Json::object({{"role", "system"}, {"content", system}}));
  }

  bool has_memory() const { return template_.has_value(); }

  struct Prompt {
    std::vector<int32_t> ids;
    bool thinks = false;  // it ends with <think>: the answer begins inside a thought
  };
  Prompt ask(const std::string& line) {
    if (!template_) return {infer::prompt_ids(tokenizer_, line)};
    messages_.append(io::Json::object({{"role", "user"}, {"content", line}}));
    text::ChatOptions options;
    options.add_generation_prompt = true;
    text::ChatPrompt::Rendered rendered = template_->render(messages_, options);
    std::string_view end = rendered.text;
    end.remove_suffix(end.size() - (end.find_last_not_of(" \n") + 1));
    return {std::move(rendered.ids), end.ends_with(text::kThink)};
  }
  void answer(const std::string& text) {
    if (template_) messages_.append(io::Json::object({{"role", "assistant"}, {"content", text}}));
  }
  // The line was not answered.
  void take_back(size_t size) {
    io::Json kept = io::Json::array();
    for (size_t i = 0; i < size; ++i) kept.append(messages_.at(i));
    messages_ = kept;
  }
  size_t size() const { return messages_.size(); }

 private:
  const text::Tokenizer& tokenizer_;
  std::optional<text::ChatPrompt> template_;
  io::Json messages_ = io::Json::array();
};

}  // namespace

static int run_chat(const Arguments& args) {
  StderrLog log(args.quiet());
  const Machine machine(args, log);
  Context& ctx = *machine.ctx;
  const LoadedModel loaded(args.path("MODEL"), ctx, nn::Parameters::Mode::mapped);
  const text::Tokenizer tokenizer = text::Tokenizer::load(loaded.directory);
  const int64_t max_new_tokens = args.integer("max-new-tokens", 1), context = args.integer("context", 1);
  infer::SamplingParams sampling{
      .temperature = args.number("temperature"), .top_p = args.number("top-p"), .seed = args.seed().value_or(0)};
  sampling.check();
  infer::Engine engine(*loaded.decoder,
                       {.cache_pages = infer::pages_for_text(loaded.decoder->config(), context, max_new_tokens)});
  Conversation conversation(tokenizer, loaded.directory, args.has("system") ? args.text("system") : "");
  const bool is_terminal = isatty(STDOUT_FILENO) != 0;
  ThinkingPrinter printer(is_terminal && std::getenv("NO_COLOR") == nullptr, print_now);
  if (is_terminal) {
    fmt::print("{}: {}; an empty line or Ctrl-D ends\n", args.text("MODEL"),
               conversation.has_memory() ? "it remembers what was said" : "each line is a prompt of its own");
  }

  Lines lines;
  std::string line;
  bool refused = false;
  for (uint64_t turn = 0; lines.next(line) && !line.empty(); ++turn) {
    const size_t before = conversation.size();
    try {
      Conversation::Prompt prompt = conversation.ask(line);
      if (prompt.thinks) printer.print(text::kThink);
      const infer::Generated out = infer::generate(ctx, engine, tokenizer, std::move(prompt.ids),
                                                   {.sampling = sampling,
                                                    .sample_id = turn,
                                                    .max_new_tokens = max_new_tokens,
                                                    .stop_ids = infer::stop_ids(tokenizer, loaded.decoder->config())},
                                                   [&](std::string_view piece) {
                                                     printer.print(piece);
                                                     return true;
                                                   });
      printer.end();
      conversation.answer(prompt.thinks ? std::string(text::kThink) + out.text : out.text);
    } catch (const Error& e) {  // a prompt that this model cannot read ends nothing
      fmt::print(stderr, "{}\n", e.what());
      conversation.take_back(before);
      refused = true;
    }
  }
  return refused && !lines.typed() ? 2 : 0;  // a script wants to know; a person has seen it
}

extern const Command chat_command;
const Command chat_command{
    .name = "chat",
    .summary = "talk to a model in the terminal, its thinking dimmed",
    .positionals = {{"MODEL", "a model directory or a run"}},
    .options = {{"--max-new-tokens", "N", "most tokens of an answer", "256"},
                {"--temperature", "T", "0 takes the likeliest token each time", "0"},
                {"--top-p", "P", "draw from the smallest set of tokens with this probability", "1"},
                {"--system", "TEXT", "what a model with a chat template is told first"},
                {"--context", "N", "most tokens of what was said, before an answer", "4096"},
                option::seed,
                option::threads,
                option::isa,
                option::quiet},
    .examples = {"millet chat runs/demo/rl", "millet chat Qwen2.5-0.5B-Instruct --system 'Answer in one word.'"},
    .run = run_chat};

}  // namespace millet::cli
