#include "millet/infer/generate.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "millet/core/error.h"
#include "tests/infer/markov_model.h"

using namespace millet;
using namespace millet::infer;

namespace {

// Says "aé<think>b" after a question mark.
struct Fixture {
  Fixture()
      : tokenizer(text::Tokenizer::characters("abcé?", std::vector<std::string>{"<think>"})),
        model(tokenizer),
        ctx(*model.device, 1),
        engine(model.decoder, {.max_rows = 8, .cache_pages = 2}) {
    model.follow("?", {"a"});
    model.follow("a", {"é"});
    model.follow("é", {"<think>"});
    model.follow("<think>", {"b"});
    model.follow("b", {"<eos>"});
    model.follow("c", {"c"});
  }
  Generated run(std::string_view prompt, GenerateOptions options, const OnText& on_text = {}) {
    options.sampling.temperature = 0;
    options.stop_ids = stop_ids(tokenizer, model.decoder.config());
    return generate(ctx, engine, tokenizer, prompt_ids(tokenizer, prompt), options, on_text);
  }

  text::Tokenizer tokenizer;
  MarkovModel model;
  Context ctx;
  Engine engine;
};

}  // namespace

TEST_CASE("the pieces that are told make up the text") {
  Fixture f;
  std::vector<std::string> pieces;
  const Generated g = f.run("cc?", {}, [&](std::string_view piece) {
    pieces.emplace_back(piece);
    return true;
  });
  CHECK(g.text == "aé<think>b");
  CHECK(pieces == std::vector<std::string>{"a", "é", "<think>", "b"});
  CHECK(g.completion.finish == Finish::stop);
  CHECK(g.completion.ids.size() == 5);  // <eos> among them
  CHECK(g.completion.prompt_tokens == 4);
  CHECK(g.stop.empty());
}

TEST_CASE("a stop string ends the text before it") {
  Fixture f;
  const Generated g = f.run("?", {.stops = {"é<"}});
  CHECK(g.text == "a");
  CHECK(g.stop == "é<");
  CHECK(g.completion.finish == Finish::stop);
}

TEST_CASE("a reader can end the generation, and its error comes through") {
  Fixture f;
  const Generated g = f.run("c", {}, [&](std::string_view) { return false; });
  CHECK(g.text == "c");
  CHECK_THROWS_WITH_AS(f.run("?", {}, [](std::string_view) -> bool { throw std::runtime_error("closed"); }), "closed",
                       std::runtime_error);
  CHECK(f.engine.idle());
  CHECK(f.run("?", {}).text == "aé<think>b");
}

TEST_CASE("without a limit the text fills what positions and cache hold") {
  Fixture f;
  CHECK(f.engine.max_positions() == 128);
  const Generated g = f.run("c", {});
  CHECK(g.completion.finish == Finish::length);
  CHECK(g.completion.ids.size() == 127);  // <bos> and c hold two positions; the last token drawn needs none
  CHECK(f.run("c", {.max_new_tokens = 5}).text == "ccccc");
  CHECK(f.run("c", {.max_new_tokens = 5000}).completion.ids.size() == 127);
  CHECK(f.run(std::string(127, 'c'), {}).completion.ids.size() == 1);
  CHECK_THROWS_WITH_AS(f.run(std::string(128, 'c'), {}), doctest::Contains("129 tokens"), Error);
}

TEST_CASE("every end token of the config ends a text") {
  const auto tokenizer = text::Tokenizer::characters("ab");
  model::ModelConfig config;
  config.eos_token_id = {*tokenizer.eos(), 1};
  CHECK(stop_ids(tokenizer, config) == std::vector<int32_t>{*tokenizer.eos(), 1});
}

TEST_CASE("a text takes no more cache than the model has positions for") {
  model::ModelConfig config;
  config.max_position_embeddings = 256;
  CHECK(pages_for_text(config, 100, 50) == Engine::pages_for(1, 150));
  CHECK(pages_for_text(config, 100, 1000) == Engine::pages_for(1, 256));
  CHECK(pages_for_text(config, 100, INT64_MAX) == Engine::pages_for(1, 256));
}
