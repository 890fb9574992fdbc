#include "millet/data/chat_source.h"

#include <algorithm>
#include <iterator>

#include "millet/core/error.h"
#include "millet/core/rng.h"
#include "millet/data/packing.h"
#include "millet/data/permutation.h"
#include "millet/io/checksum.h"
#include "millet/text/utf8.h"

namespace millet::data {

static Example example_of(text::Lesson lesson) {
  Example e{.tokens = std::move(lesson.ids), .scored = std::move(lesson.said)};
  if (!e.scored.empty()) e.scored[0] = 0;
  return e;
}

// Names of files may be any bytes, and a line that is not UTF-8 is quoted where it is broken.
static std::string named(const BadRecord& record) {
  const bool says_where = record.reason.starts_with(record.place);
  return text::replace_invalid_utf8(says_where ? record.reason : record.place + ": " + record.reason);
}

static constexpr size_t kNamed = 3;

void ChatCounts::tell(Log& log) const {
  log.info("{} chats: {} examples to train on, {} held out; {} of {} tokens are the assistant's", chats, training,
           validation, said, tokens);
  if (!bad.empty()) log.warn("{} chats are left out{}", bad.size(), bad.size() > kNamed ? "; the first:" : ":");
  for (size_t i = 0; i < std::min(kNamed, bad.size()); ++i) log.warn("    {}", named(bad[i]));
  if (too_long > 0) {
    log.warn("{} examples are longer than data.context = {} and left out; the longest has {} tokens", too_long, context,
             longest);
  }
}

io::Json ChatCounts::to_json() const {
  io::Json first = io::Json::array();
  for (size_t i = 0; i < std::min(kNamed, bad.size()); ++i) first.append(named(bad[i]));
  return io::Json::object({{"chats", chats},
                           {"training_examples", training},
                           {"validation_examples", validation},
                           {"tokens", tokens},
                           {"said_tokens", said},
                           {"left_out", io::Json::object({{"count", bad.size()}, {"first", std::move(first)}})},
                           {"too_long", io::Json::object({{"count", too_long}, {"longest", longest}})}});
}

ChatCorpus make_chat_corpus(const Records<Chat>& records, const text::ChatPrompt& prompt,
                            const ChatOptionsOfCorpus& options) {
  ChatCorpus out;
  ChatCounts& counts = out.counts;
  counts.context = options.context;
  counts.bad = records.bad;
  uint64_t number = 0;
  for (const Chat& chat : records.good) {
    const bool held_out = Rng::uniform_at(random_key(0, "chat validation", number), 0) < options.validation_share;
    ++number;
    std::vector<text::Lesson> lessons;
    try {
      lessons = text::lessons(prompt, chat.messages, {.tools = chat.tools}, options.ends);
    } catch (const Error& e) {
      counts.bad.push_back({chat.place, e.what()});
      continue;
    }
    ++counts.chats;
    for (text::Lesson& lesson : lessons) {
      if (std::find(out.ends.begin(), out.ends.end(), lesson.ids.back()) == out.ends.end())
        out.ends.push_back(lesson.ids.back());
      Example e = example_of(std::move(lesson));
      if (e.rows() > options.context) {
        ++counts.too_long;
        counts.longest = std::max(counts.longest, static_cast<int64_t>(e.tokens.size()));
        continue;
      }
      counts.tokens += static_cast<int64_t>(e.tokens.size());
      counts.said += scored_tokens({&e, 1});
      (held_out ? out.validation : out.training).push_back(std::move(e));
    }
  }
  if (out.training.empty()) std::swap(out.training, out.validation);  // so few that all were held out
  require(!out.training.empty(), "there is nothing to train on: {} chats are broken{}, {} examples are longer than {}",
          counts.bad.size(), counts.bad.empty() ? "" : fmt::format(" ({})", named(counts.bad[0])), counts.too_long,
          options.context);
  counts.training = static_cast<int64_t>(out.training.size());
  counts.validation = static_cast<int64_t>(out.validation.size());
  return out;
}

ChatCorpus read_chat_corpus(std::span<const std::filesystem::path> files, const text::ChatPrompt& prompt,
                            const ChatOptionsOfCorpus& options) {
  Records<Chat> all;
  for (const std::filesystem::path& file : files) {
    Records<Chat> records = read_chats(file);
    std::move(records.good.begin(), records.good.end(), std::back_inserter(all.good));
    std::move(records.bad.begin(), records.bad.end(), std::back_inserter(all.bad));
  }
  return make_chat_corpus(all, prompt, options);
}

ChatExamples::ChatExamples(std::vector<Example> examples, uint64_t seed)
    : examples_(std::move(examples)), seed_(seed) {}

Example ChatExamples::at(uint64_t index) const {
  const uint64_t epoch = index / examples_.size();
  return examples_[permuted(index % examples_.size(), examples_.size(), random_key(seed_, "chats", epoch))];
}

uint64_t ChatExamples::fingerprint() const {
  uint64_t hash = seed_;
  for (const Example& e : examples_) {
    hash = io::hash64(std::as_bytes(std::span(e.tokens)), hash);
    hash = io::hash64(std::as_bytes(std::span(e.scored)), hash);
  }
  return hash;
}

}  // namespace millet::data
