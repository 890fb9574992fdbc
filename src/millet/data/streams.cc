#include "millet/data/streams.h"

#include <set>

#include "millet/core/error.h"
#include "millet/data/mixture.h"
#include "millet/data/shards.h"
#include "millet/data/task_source.h"
#include "millet/data/text_source.h"
#include "millet/tasks/list.h"
#include "millet/tasks/thought.h"
#include "millet/text/thinking.h"
#include "millet/text/utf8.h"

namespace millet::data {
namespace {

// A source of the config, whichever way it was given.
struct Part {
  std::string name;
  std::string section;  // where its keys stand: "data.mix.chain"
  MixConfig config;
};

std::vector<Part> parts_of(const Config& config) {
  require(config.source.empty() || config.mix.empty(),
          "data.source and data.mix are both given: name the file as data.mix.<name>.source to mix it in");
  require(config.context >= 1, "data.context is {}: it must be at least 1 token", config.context);
  require(config.mix.empty() || (config.key == Config().key && config.fim_rate == 0),
          "data.key and data.fim_rate are those of data.source: set data.mix.<name>.key and data.mix.<name>.fim_rate");
  std::vector<Part> parts;
  if (!config.source.empty()) {
    // "shakespeare" of "data/shakespeare.txt", "web" of "web.jsonl.gz" and of "web/".
    std::filesystem::path named = config.source;
    if (!named.has_filename()) named = named.parent_path();
    const std::filesystem::path stem = without_compression(named).stem();
    parts.push_back({.name = stem.string(),
                     .section = "data",
                     .config = {.source = config.source, .key = config.key, .fim_rate = config.fim_rate}});
  }
  for (const auto& [name, mix] : config.mix) parts.push_back({name, "data.mix." + name, mix});
  require(!parts.empty(), "there is no data: set data.source to a text file, or data.mix.<name>.task to a task");
  for (const Part& part : parts) {
    require(part.config.task.empty() != part.config.source.empty(), "{} needs either a task or a source{}",
            part.section, part.config.task.empty() ? "" : ", not both");
  }
  return parts;
}

// The same error, seen from the section that caused it.
template <class F>
auto within(const Part& part, F&& f) {
  try {
    return f();
  } catch (const Error& e) {
    throw e.within(part.section);
  }
}

// As named from where the user stands, so that --set data.source=FILE means what a shell would; then beside the recipe,
// so that a recipe can name what ships with it.
std::filesystem::path find_file(const std::string& named, const std::filesystem::path& base) {
  const std::filesystem::path beside = base / named;
  if (std::filesystem::exists(named) || !std::filesystem::exists(beside)) return named;
  return beside;
}

TaskSourceOptions task_options(const Part& part, const tasks::Task& task, const Config& config, uint64_t seed) {
  tasks::DifficultyRange range = task.default_range();
  if (part.config.min != 0) range.min = part.config.min;
  if (part.config.max != 0) range.max = part.config.max;
  return {.range = range,
          .styles = {.direct = part.config.direct, .aloud = part.config.aloud, .slip = part.config.slip},
          .score_prompt = config.score_prompt,
          .context = config.context,
          .seed = seed,
          .name = part.name};
}

struct Opened {
  std::unique_ptr<Source> train, validation;
  std::shared_ptr<const Corpus> corpus;  // of texts; null: a task
};

Opened open_part(const Part& part, const Config& config, const text::Tokenizer& tokenizer, uint64_t seed,
                 const std::filesystem::path& base) {
  if (part.config.task.empty()) {
    const CorpusOptions options{
        .context = config.context, .key = part.config.key, .fim_rate = part.config.fim_rate, .seed = seed};
    const std::filesystem::path source = find_file(part.config.source, base);
    require(!is_shards(source) || part.config.fim_rate == 0,
            "fim_rate is not for token shards, {}: give it to `millet data shard`", source.string());
    const auto corpus = std::make_shared<const Corpus>(
        is_shards(source) ? open_shards(source, tokenizer, config.context) : read_corpus(source, tokenizer, options));
    return {std::make_unique<TextWindows>(corpus, config.context, seed, part.name),
            std::make_unique<ValidationWindows>(corpus, config.context), corpus};
  }
  const tasks::Task& task = tasks::find(part.config.task);
  const TaskSourceOptions options = task_options(part, task, config, seed);
  return {std::make_unique<TaskDocuments>(task, tokenizer, options),
          std::make_unique<TaskValidation>(task, tokenizer, options, config.validation_problems), nullptr};
}

text::Tokenizer load_tokenizer(const std::string& directory, const std::filesystem::path& base) {
  try {
    return text::Tokenizer::load(find_file(directory, base));
  } catch (const Error& e) {
    throw e.within("data.tokenizer, which is \"auto\", \"bytes\" or a directory");
  }
}

// How many documents a source has, and where `all` is wanted each different character of them; else it ends with the
// second document.
int64_t look_through(const std::filesystem::path& source, const std::string& key, bool all, std::string& characters) {
  DocumentCounts counts;  // told when the text is read to be learned
  std::set<char32_t> seen;
  read_documents(document_files(source, counts), key, counts, [&](const Document& document) {
    const std::string_view text = document.text;
    for (size_t at = 0; all && at < text.size();) {
      const text::Utf8Character c = text::utf8_at(text, at);
      if (seen.insert(c.point).second) characters += text.substr(at, c.bytes);
      at += c.bytes;
    }
    return all || counts.documents < 2;
  });
  require(counts.documents > 0, "{} is empty: there is nothing to learn from{}", source.string(), counts.summary());
  return counts.documents;
}

}  // namespace

text::Tokenizer make_tokenizer(const Config& config, const std::filesystem::path& base) {
  const std::vector<Part> parts = parts_of(config);
  std::string characters;
  std::vector<std::string> words;
  bool documents = false;
  if (config.tokenizer != "auto" && config.tokenizer != "bytes") return load_tokenizer(config.tokenizer, base);
  for (const Part& part : parts) {
    const std::filesystem::path source = find_file(part.config.source, base);
    if (part.config.source.empty() || !is_shards(source)) continue;
    require(config.tokenizer == "auto", "{} was made with a tokenizer of its own: leave data.tokenizer at \"auto\"",
            source.string());
    return text::Tokenizer::load(source);
  }
  for (const Part& part : parts) {
    within(part, [&] {
      if (!part.config.task.empty()) {
        characters += tasks::find(part.config.task).alphabet();
        words = text::thinking_tags();
        words.emplace_back(tasks::kWait);
        documents = true;
      } else {
        const bool all = config.tokenizer == "auto";
        const int64_t read = look_through(find_file(part.config.source, base), part.config.key, all, characters);
        documents = documents || read > 1;
      }
    });
  }
  if (config.tokenizer == "bytes") return text::Tokenizer::bytes(words, documents);
  return text::Tokenizer::characters(characters, words, documents);
}

Streams open_streams(const Config& config, const text::Tokenizer& tokenizer, uint64_t seed,
                     const std::filesystem::path& base) {
  Streams streams;
  std::vector<Mixture::Part> mixed;
  for (const Part& part : parts_of(config)) {
    Opened opened = within(part, [&] { return open_part(part, config, tokenizer, seed, base); });
    streams.validation.push_back({part.name, std::move(opened.validation)});
    if (opened.corpus != nullptr) streams.corpora.push_back(std::move(opened.corpus));
    mixed.push_back({.share = part.config.share, .source = std::move(opened.train)});
  }
  // A stream of one source is not sent through a mixture, whose order would run across the borders of its epochs.
  if (mixed.size() > 1) {
    streams.train = std::make_unique<Mixture>(std::move(mixed), seed);
  } else {
    require(mixed[0].share > 0, "the shares of data.mix sum to {}: at least one must be positive", mixed[0].share);
    streams.train = std::move(mixed[0].source);
  }
  return streams;
}

}  // namespace millet::data
