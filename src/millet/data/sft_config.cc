#include "millet/data/sft_config.h"

namespace millet::data {

void SftConfig::fields(Fields& f) {
  f("source", source, "JSON or JSONL files of chats: messages, ShareGPT or Alpaca");
  f("chat_template", chat_template, "Jinja file that writes the chats; empty: that of init, which most have");
  f("epochs", epochs, "times that every chat is seen", above(0, 1e4));
  f("validation_share", validation_share, "share of the chats that are held out and validate", between(0, 0.9));
}

}  // namespace millet::data
