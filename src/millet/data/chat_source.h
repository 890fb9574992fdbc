// Chats as examples: what the assistant says is scored, what it is given is not.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "millet/core/log.h"
#include "millet/data/chat_records.h"
#include "millet/data/source.h"
#include "millet/text/chat_lessons.h"

namespace millet::data {

// What was taken of the chats, and what was not.
struct ChatCounts {
  int64_t chats = 0;                     // taken
  int64_t training = 0, validation = 0;  // examples of them
  int64_t tokens = 0, said = 0;          // of all these; of them the assistant's
  std::vector<BadRecord> bad;            // left out: broken, without an answer, refused by the template
  int64_t context = 0;
  int64_t too_long = 0;  // left out: examples of more than `context` rows
  int64_t longest = 0;   // tokens of the longest of those

  // In a line; and a warning for each kind that was left out, with its number and the first places.
  void tell(Log& log) const;
  // {"chats", "training_examples", "validation_examples", "tokens", "said_tokens", "left_out": {"count", "first"},
  // "too_long": {"count", "longest"}}
  io::Json to_json() const;
};

// All chats of some files as examples, in their order. A chat is one of validation by its number among those that could
// be read: whatever seed a run has, the same ones are held out.
struct ChatCorpus {
  std::vector<Example> training, validation;
  std::vector<int32_t> ends;  // last tokens of answers, each once
  ChatCounts counts;
};

struct ChatOptionsOfCorpus {
  int64_t context = 0;          // most rows of an example
  double validation_share = 0;  // of the chats
  std::vector<int32_t> ends;    // tokens that end an answer where the template writes none
};

// Throws Error: nothing left to train on.
ChatCorpus make_chat_corpus(const Records<Chat>& records, const text::ChatPrompt& prompt,
                            const ChatOptionsOfCorpus& options);
// The same of files. Throws Error: one that is missing or no JSON, too.
ChatCorpus read_chat_corpus(std::span<const std::filesystem::path> files, const text::ChatPrompt& prompt,
                            const ChatOptionsOfCorpus& options);

// The examples epoch after epoch, each epoch in a keyed random order of its own.
class ChatExamples final : public Source {
 public:
  ChatExamples(std::vector<Example> examples, uint64_t seed);

  Example at(uint64_t index) const override;
  uint64_t fingerprint() const override;
  uint64_t epoch_size() const { return examples_.size(); }

 private:
  std::vector<Example> examples_;
  uint64_t seed_;
};

// Examples once, in order.
class FixedExamples final : public Source {
 public:
  explicit FixedExamples(std::vector<Example> examples) : examples_(std::move(examples)) {}

  Example at(uint64_t index) const override { return examples_[index]; }
  std::optional<uint64_t> size() const override { return examples_.size(); }

 private:
  std::vector<Example> examples_;
};

}  // namespace millet::data
