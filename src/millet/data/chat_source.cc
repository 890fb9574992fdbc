#include "millet/data/chat_source.h"

#include <algorithm>

#include "millet/core/error.h"
#include "millet/core/rng.h"
#include "millet/data/permutation.h"
#include "millet/io/checksum.h"

namespace millet::data {

static Example example_of(text::Lesson lesson) {
  Example e{.tokens = std::move(lesson.ids), .scored = std::move(lesson.said)};
  if (!e.scored.empty()) e.scored[0] = 0;
  return e;
}

ChatCorpus read_chat_corpus(std::span<const std::filesystem::path> files, const text::ChatPrompt& prompt,
                            const ChatOptionsOfCorpus& options) {
  ChatCorpus out;
  uint64_t number = 0;
  for (const std::filesystem::path& file : files) {
    Records<Chat> records = read_chats(file);
    out.bad.insert(out.bad.end(), records.bad.begin(), records.bad.end());
    for (const Chat& chat : records.good) {
      const bool held_out = Rng::uniform_at(random_key(0, "chat validation", number), 0) < options.validation_share;
      ++number;
      std::vector<text::Lesson> lessons;
      try {
        lessons = text::lessons(prompt, chat.messages, {.tools = chat.tools}, options.ends);
      } catch (const Error& e) {
        out.bad.push_back({fmt::format("{}: chat {}", file.string(), number), e.what()});
        continue;
      }
      ++out.chats;
      for (text::Lesson& lesson : lessons) {
        if (std::find(out.ends.begin(), out.ends.end(), lesson.ids.back()) == out.ends.end())
          out.ends.push_back(lesson.ids.back());
        Example e = example_of(std::move(lesson));
        if (e.rows() > options.context) {
          ++out.too_long;
          out.longest = std::max(out.longest, e.rows());
          continue;
        }
        (held_out ? out.validation : out.training).push_back(std::move(e));
      }
    }
  }
  if (out.training.empty()) std::swap(out.training, out.validation);  // so few that all were held out
  require(!out.training.empty(), "there is nothing to train on: {} chats are broken{}, {} examples are longer than {}",
          out.bad.size(), out.bad.empty() ? "" : fmt::format(" ({}: {})", out.bad[0].place, out.bad[0].reason),
          out.too_long, options.context);
  return out;
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
