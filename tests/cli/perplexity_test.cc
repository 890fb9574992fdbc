// millet eval --perplexity as a script runs it.
#include "millet/cli/perplexity.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "millet/io/file.h"
#include "millet/io/json.h"
#include "tests/cli/shell.h"
#include "tests/core/test_data.h"
#include "tests/io/temporary_directory.h"

using namespace millet;
using namespace millet::tests;

static const std::string kMillet = MILLET_PROGRAM;

TEST_CASE("a trained model foretells a story better than the same words in another order") {
  if (!has_test_data("models/stories260K-hf")) return;
  const TemporaryDirectory scratch;
  io::write_file_atomically(scratch / "story.txt",
                            "Once upon a time, there was a little girl named Lily. She loved to play in the park.");
  io::write_file_atomically(scratch / "words.txt",
                            "park little a upon the Lily. was in Once girl named play She time, to loved there.");
  const auto of = [&](const std::string& file) {
    const Outcome out = shell(kMillet + " eval " + (kTestData / "models/stories260K-hf").string() + " --perplexity " +
                              (scratch / file).string() + " --json");
    CHECK(out.code == 0);
    return io::Json::parse(out.output);
  };
  const io::Json story = of("story.txt"), words = of("words.txt");
  CHECK(story.at("perplexity").as_double() < 4);
  CHECK(words.at("perplexity").as_double() > 4 * story.at("perplexity").as_double());
  CHECK(story.at("context").as_int() == 512);
  CHECK(story.at("stride").as_int() == 256);
  CHECK(story.at("words").as_int() == 18);
  CHECK(
      shell(kMillet + " eval " + (kTestData / "models/stories260K-hf").string() + " --perplexity none.txt 2>&1").code ==
      2);
}

TEST_CASE("a golden text costs what llama2.c's weights say in float64") {
  if (!has_test_data("models/stories260K/golden.json")) return;
  const io::Json golden = io::read_json(kTestData / "models/stories260K/golden.json");
  std::string text =
      golden.at("greedy_text_pieces_joined").as_string().substr(1);  // behind the space of its first word
  for (size_t at = 0; (at = text.find("<0x0A>", at)) != std::string::npos;) text.replace(at, 6, "\n");
  double nats = 0;
  for (const double log_prob : golden.at("greedy_logprob").as_doubles()) nats -= log_prob;
  const TemporaryDirectory scratch;
  io::write_file_atomically(scratch / "golden.txt", text);
  const Outcome out = shell(kMillet + " eval " + (kTestData / "models/stories260K-hf").string() + " --perplexity " +
                            (scratch / "golden.txt").string() + " --json");
  CHECK(out.code == 0);
  const io::Json found = io::Json::parse(out.output);
  CHECK(found.at("tokens").as_int() == 256);
  CHECK(found.at("nats").as_double() == doctest::Approx(nats).epsilon(1e-5));
  CHECK(found.at("perplexity").as_double() == doctest::Approx(std::exp(nats / 256)).epsilon(1e-5));
}
