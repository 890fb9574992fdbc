// millet tokenizer train FILE… --vocab-size N --out DIR: a byte-level BPE tokenizer learned from a corpus.
// millet tokenizer encode DIR --jsonl FILE: texts to ids and back, line by line, for scripts and for comparing with
// other software.
#include "millet/text/tokenizer.h"

#include <fmt/core.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "millet/cli/command.h"
#include "millet/cli/json_lines.h"
#include "millet/cli/stderr_log.h"
#include "millet/core/clock.h"
#include "millet/core/error.h"
#include "millet/data/corpus_words.h"
#include "millet/io/file.h"
#include "millet/io/json.h"
#include "millet/ops/devices.h"
#include "millet/report/progress.h"
#include "millet/text/bpe_trainer.h"
#include "millet/text/word_counter.h"

namespace millet::cli {

namespace {

void encode(const Arguments& args) {
  require(args.all("PATH").size() == 1, "millet tokenizer encode: {} directories are given, it takes one",
          args.all("PATH").size());
  const text::Tokenizer tokenizer = text::Tokenizer::load(args.path("PATH"));
  answer_json_lines(args.text("jsonl"), [&](const io::Json& line) {
    const std::vector<int32_t> ids = tokenizer.encode(line.at("text").as_string(), {.allow_special = true});
    return io::Json::object({{"ids", io::Json::array_of(ids)}, {"decoded", tokenizer.decode(ids)}});
  });
}

// A bar for what takes longer than two seconds: shorter jobs are over before it is looked at.
class Progress {
 public:
  explicit Progress(bool quiet) : view_(report::View::on_stderr(quiet)) {}
  void tell(const char* phase, int64_t done, int64_t total) {
    if (seconds_now() - began_ < 2) return;
    view_.update({.phase = phase, .step = done, .steps = total});
  }
  void finish() { view_.finish(); }

 private:
  double began_ = seconds_now();
  report::View view_;
};

text::WordPattern pattern_of(const std::string& name) {
  if (name == "gpt2") return text::WordPattern::gpt2;
  if (name == "modern") return text::WordPattern::modern;
  fail("--pattern is '{}': gpt2 and modern are known", name);
}

text::Ties ties_of(const std::string& name) {
  if (name == "bytes") return text::Ties::greater_bytes;
  if (name == "ids") return text::Ties::lower_ids;
  fail("--ties is '{}': bytes and ids are known", name);
}

void train(const Arguments& args) {
  const std::filesystem::path out = args.path("out");
  require(!io::is_there(out), "{}: it exists already: give another --out, or remove it", out.string());
  std::vector<std::string> specials = args.all("special");
  if (specials.empty()) specials = {std::string(text::kPad), std::string(text::kBos), std::string(text::kEos)};
  const std::vector<std::string>& words = args.all("word");
  const auto added = static_cast<int64_t>(specials.size() + words.size());
  const int64_t size = args.integer("vocab-size");
  require(size >= 256 + added, "--vocab-size is {}: 256 bytes and {} special tokens and words need at least {}", size,
          added, 256 + added);
  require(size <= text::kMaxTokens, "--vocab-size is {}: at most {} tokens are read", size, text::kMaxTokens);
  const io::Json pre_tokenizer =
      text::PreTokenizer::byte_level_json(pattern_of(args.text("pattern")), args.has("digits"));
  std::vector<std::string> marks = specials;
  marks.insert(marks.end(), words.begin(), words.end());
  text::WordCounter counter(text::PreTokenizer::read(&pre_tokenizer), marks);
  text::BpeTrainerOptions options{.tokens = 256, .ties = ties_of(args.text("ties"))};
  // The smallest tokenizer of this kind: what is wrong with its special tokens is told before the work.
  text::Tokenizer::trained(text::train_bpe({}, options), pre_tokenizer, specials, words);

  const std::unique_ptr<Device> device = ops::make_device();
  Context ctx(*device, args.threads());
  StderrLog log(args.quiet());
  Progress progress(args.quiet());
  const double began = seconds_now();
  std::vector<std::filesystem::path> sources;
  for (const std::string& source : args.all("PATH")) sources.emplace_back(source);
  const data::CorpusWordsOptions reading{.key = args.text("key"), .on_progress = [&](int64_t done, int64_t all) {
                                           progress.tell("counting words, MB", done >> 20, all >> 20);
                                         }};
  const data::DocumentCounts read = data::count_words(ctx, sources, counter, reading, log);
  require(read.documents > 0, "there is nothing to learn from{}", read.summary());
  const text::WordCounts counts = counter.take();
  const double counted = seconds_now();
  options.tokens = static_cast<int32_t>(size - added);
  options.on_progress = [&](int32_t tokens) { progress.tell("learning tokens", tokens, options.tokens); };
  const text::BpeMerges learned = text::train_bpe(counts, options);
  progress.finish();
  text::Tokenizer::trained(learned, pre_tokenizer, specials, words).save(out);
  const double ended = seconds_now();

  read.tell(log);
  const auto tokens = static_cast<int64_t>(learned.tokens.size()) + added;
  if (tokens < size)
    log.warn("the texts have no more than {} tokens in them, {} were asked for: give more text", tokens, size);
  if (args.json()) {
    const io::Json summary = io::Json::object({{"tokenizer", out.string()},
                                               {"tokens", tokens},
                                               {"merges", learned.merges.size()},
                                               {"bytes", read.bytes},
                                               {"words", counts.total()},
                                               {"different_words", counts.size()},
                                               {"threads", ctx.threads()},
                                               {"seconds_counting", counted - began},
                                               {"seconds", ended - began},
                                               {"read", read.to_json()}});
    fmt::print("{}\n", summary.dump());
  } else {
    fmt::print("{}: {} tokens learned from {} bytes, {} words, {} of them different, in {:.1f} s\n", out.string(),
               tokens, read.bytes, counts.total(), counts.size(), ended - began);
  }
}

int run_tokenizer(const Arguments& args) {
  const std::string action = args.text("ACTION");
  if (action == "encode")
    encode(args);
  else if (action == "train")
    train(args);
  else
    fail("millet tokenizer: unknown action '{}': there are `millet tokenizer train` and `millet tokenizer encode`",
         action);
  return 0;
}

}  // namespace

extern const Command tokenizer_command;
const Command tokenizer_command{
    .name = "tokenizer",
    .summary = "texts to token ids and back, line by line; a tokenizer learned from texts",
    .positionals = {{"ACTION", "encode or train"},
                    {.name = "PATH",
                     .help = "encode: a directory with a tokenizer.json; train: texts, JSON lines, directories of "
                             "these; gzip and zstd too",
                     .repeated = true}},
    .options =
        {{"--jsonl", "FILE",
          R"(encode: lines {"text": …}, answered by {"ids": […], "decoded": …} or {"error": …}; -: standard input)"},
         {"--vocab-size", "N", "train: tokens in all, with the 256 of single bytes and the special ones"},
         {"--out", "DIR", "train: the directory to make, with tokenizer.json and tokenizer_config.json"},
         {"--key", "KEY", "train: of lines of JSON: where the text is", "text"},
         {"--digits", "", "train: each digit is a token of its own, for models that calculate"},
         {"--pattern", "NAME",
          "train: how words are cut. gpt2: as GPT-2; modern: as GPT-4 and Llama 3, digits at most three together",
          "gpt2"},
         {"--special",
          "TOKEN",
          "train: a special token, may be repeated; <pad>, <bos> and <eos> get these parts (default: these three)",
          {},
          true},
         {"--word", "TOKEN", "train: a token that is not special, as <think>; may be repeated", {}, true},
         {"--ties", "NAME",
          "train: which of two equally frequent pairs goes first. bytes: the greater bytes; ids: the older tokens",
          "bytes"},
         option::threads,
         option::json,
         option::quiet},
    .examples = {"millet tokenizer train book.txt --vocab-size 4096 --digits --out tokenizers/book",
                 "millet tokenizer train web.jsonl.gz books --vocab-size 32000 --out tokenizers/mine",
                 "millet tokenizer encode Qwen2.5-0.5B --jsonl texts.jsonl"},
    .run = run_tokenizer};

}  // namespace millet::cli
