#include "millet/data/source.h"

#include <doctest/doctest.h>

#include "millet/data/streams.h"
#include "millet/io/file.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::data;

static uint64_t fingerprint(const Config& config, uint64_t seed = 1) {
  const text::Tokenizer tokenizer = make_tokenizer(config);
  return open_streams(config, tokenizer, seed).train->fingerprint();
}

TEST_CASE("other examples have another fingerprint: the text's last token counts, the task, a share, the seed") {
  const TemporaryDirectory dir;
  std::string text;
  for (int i = 0; i < 400; ++i) text += "to be or not to be ";
  const auto text_of = [&](const std::string& end) {
    io::write_file_atomically(dir / "text", text + end);
    Config config;
    config.source = (dir / "text").string();
    config.context = 16;
    return config;
  };
  const uint64_t said = fingerprint(text_of("be"));
  CHECK(said == fingerprint(text_of("be")));
  CHECK(said != fingerprint(text_of("or")));
  CHECK(said != fingerprint(text_of("be"), 2));

  Config mixed = text_of("be");
  mixed.mix["text"] = {.share = 0.5, .source = mixed.source};
  mixed.mix["sums"] = {.share = 0.5, .task = "addition"};
  mixed.source.clear();
  mixed.context = 256;
  const uint64_t both = fingerprint(mixed);
  CHECK(both == fingerprint(mixed));
  io::write_file_atomically(dir / "text", text + "or");
  CHECK(both != fingerprint(mixed));
  io::write_file_atomically(dir / "text", text + "be");
  CHECK(both == fingerprint(mixed));
  mixed.mix["sums"].share = 0.25;
  CHECK(both != fingerprint(mixed));
  // A text that stands in two parts does not cancel itself.
  mixed.mix["again"] = mixed.mix["text"];
  const uint64_t twice = fingerprint(mixed);
  io::write_file_atomically(dir / "text", text + "or");
  CHECK(twice != fingerprint(mixed));
}
