// millet chat MODEL: talk to a model in the terminal, its thinking dimmed.
#include <fmt/core.h>
#include <histedit.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "millet/cli/command.h"
#include "millet/cli/response_printer.h"
#include "millet/cli/session.h"
#include "millet/cli/stderr_log.h"
#include "millet/infer/generate.h"
#include "millet/io/file.h"
#include "millet/io/json.h"
#include "millet/text/chat_prompt.h"
#include "millet/text/conversation.h"
#include "millet/text/response_parts.h"

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
        edit_, EL_PROMPT, +[](EditLine* edit) {
          void* self = nullptr;
          el_get(edit, EL_CLIENTDATA, &self);
          return static_cast<Lines*>(self)->prompt_.data();
        });
    el_set(edit_, EL_CLIENTDATA, this);
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

  // What stands before the next line: "> ", behind the name of a call whose result it is.
  void prompt(const std::string& name) { prompt_ = name + "> "; }

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
  std::string prompt_ = "> ";
  EditLine* edit_ = nullptr;
  History* history_ = nullptr;
};

// Each piece is seen at once.
void print_now(std::string_view text) {
  fmt::print("{}", text);
  std::fflush(stdout);
}

// What a model is given for each line: of one with a chat template the whole conversation, of another the line alone.
class Exchange {
 public:
  Exchange(const text::Tokenizer& tokenizer, const std::filesystem::path& directory, const Arguments& args)
      : tokenizer_(tokenizer), syntax_(text::ResponseSyntax::in(directory, tokenizer)) {
    if (text::ChatPrompt::is_in(directory)) {
      chat_.emplace(tokenizer, directory, args.has("tools") ? io::read_json(args.path("tools")) : io::Json());
      syntax_ = chat_->syntax();
    }
    for (const char* option : {"system", "tools"}) {
      require(chat_ || !args.has(option), "--{}: {} has no chat template, its prompts stand as they are", option,
              directory.string());
    }
    if (args.has("system")) chat_->say("system", args.text("system"));
    has_tools_ = args.has("tools");
  }

  bool has_memory() const { return chat_.has_value(); }
  text::ResponseSyntax syntax() const { return syntax_; }
  // The call whose result the next line is; null: it is something said.
  const std::string* waiting() const {
    return has_tools_ && !chat_->waiting().empty() ? &chat_->waiting().front() : nullptr;
  }

  // The prompt of an answer to the line; nothing where other calls wait for their results.
  std::optional<text::Conversation::Prompt> ask(const std::string& line) {
    if (!chat_) return text::Conversation::Prompt{.ids = infer::prompt_ids(tokenizer_, line)};
    if (waiting() != nullptr) {
      chat_->result(line);
      if (waiting() != nullptr) return std::nullopt;
    } else {
      before_ = chat_->messages().size();
      chat_->say("user", line);
    }
    return chat_->ask();
  }
  void answer(const std::string& text) {
    if (chat_) chat_->answer(text);
  }
  // What was said since the last question, which was not answered, is taken back with it.
  void take_back() {
    if (chat_) chat_->cut(before_);
  }

 private:
  const text::Tokenizer& tokenizer_;
  text::ResponseSyntax syntax_;
  std::optional<text::Conversation> chat_;
  bool has_tools_ = false;
  size_t before_ = 0;  // messages before the last question
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
  Exchange exchange(tokenizer, loaded.directory, args);
  std::vector<int32_t> shown;
  if (const auto id = tokenizer.id_of(text::kPythonTag)) shown.push_back(*id);
  const bool is_terminal = isatty(STDOUT_FILENO) != 0;
  ResponsePrinter printer(is_terminal && std::getenv("NO_COLOR") == nullptr, print_now);
  if (is_terminal) {
    fmt::print("{}: {}; an empty line or Ctrl-D ends\n", args.text("MODEL"),
               exchange.has_memory() ? "it remembers what was said" : "each line is a prompt of its own");
  }

  Lines lines;
  std::string line;
  bool refused = false;
  for (uint64_t turn = 0; lines.next(line) && !line.empty(); ++turn) {
    try {
      std::optional<text::Conversation::Prompt> prompt = exchange.ask(line);
      if (prompt) {
        text::ResponseSplitter splitter(exchange.syntax(), prompt->in_thought);
        const infer::Generated out = infer::generate(ctx, engine, tokenizer, std::move(prompt->ids),
                                                     {.sampling = sampling,
                                                      .sample_id = turn,
                                                      .max_new_tokens = max_new_tokens,
                                                      .stop_ids = infer::stop_ids(tokenizer, loaded.decoder->config()),
                                                      .shown = shown},
                                                     [&](std::string_view piece) {
                                                       printer.print(splitter.push(piece));
                                                       return true;
                                                     });
        printer.print(splitter.finish());
        printer.end();
        exchange.answer(out.text);
      }
      lines.prompt(exchange.waiting() == nullptr ? "" : *exchange.waiting());
    } catch (const Error& e) {  // a prompt that this model cannot read ends nothing
      fmt::print(stderr, "millet: {}{}\n", lines.typed() ? "" : fmt::format("line {}: ", turn + 1), e.what());
      exchange.take_back();
      lines.prompt("");
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
                {"--tools", "FILE", "what a model with a chat template may call: an array of JSON, as OpenAI has them"},
                {"--context", "N", "most tokens of what was said, before an answer", "4096"},
                option::seed,
                option::threads,
                option::isa,
                option::quiet},
    .examples = {"millet chat runs/demo/rl", "millet chat Qwen2.5-0.5B-Instruct --system 'Answer in one word.'"},
    .run = run_chat};

}  // namespace millet::cli
