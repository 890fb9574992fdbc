// Small models by other people, whole: their golden texts and logits.
#include <doctest/doctest.h>

#include <cmath>

#include "millet/infer/engine.h"
#include "millet/io/json.h"
#include "millet/model/directory.h"
#include "millet/ops/devices.h"
#include "millet/text/tokenizer.h"
#include "tests/core/test_data.h"

using namespace millet;
using namespace millet::tests;

namespace {

struct Whole {
  std::unique_ptr<Device> device = ops::make_device("cpu");
  Context ctx{*device, 2, Log::silent()};
  nn::Parameters parameters{*device, nn::Parameters::Mode::mapped};
  std::unique_ptr<model::Decoder> decoder;

  explicit Whole(const std::filesystem::path& directory) {
    const model::ModelConfig config = model::read_directory_config(directory, Log::silent());
    decoder = std::make_unique<model::Decoder>(config, parameters);
    model::load_weights(directory, config, parameters, Log::silent());
  }

  // The largest difference of the logits at each position of one sequence.
  double worst(const io::Json& ids, const io::Json& want) {
    const std::vector<int64_t> numbers = ids.as_ints();
    const auto T = static_cast<int64_t>(numbers.size());
    std::vector<int32_t> tokens(numbers.begin(), numbers.end()), places;
    for (int32_t i = 0; i < static_cast<int32_t>(T); ++i) places.push_back(i);
    const Buffer first(*device, 4 * T), second(*device, 4 * T);
    from_host(*device, tokens, first.tensor(DType::i32, {T}));
    from_host(*device, places, second.tensor(DType::i32, {T}));
    const std::vector<nn::Segment> segments{{.first_row = 0, .rows = T}};
    model::Decoder::Pass pass(*device);
    decoder->forward(
        ctx,
        {.tokens = first.tensor(DType::i32, {T}), .positions = second.tensor(DType::i32, {T}), .segments = segments},
        pass);
    const std::vector<float> got = to_host<float>(*device, pass.logits);
    double difference = 0;
    size_t at = 0;
    for (const io::Json& row : want.items()) {
      for (const double logit : row.as_doubles())
        difference = std::max(difference, std::abs(logit - static_cast<double>(got[at++])));
    }
    REQUIRE(at == got.size());
    return difference;
  }
};

}  // namespace

TEST_CASE("the trained Llama of 260 thousand parameters tells its golden story, token for token") {
  if (!has_test_data("models/stories260K-hf")) return;
  const io::Json golden = io::read_json(kTestData / "models/stories260K/golden.json");
  Whole model(kTestData / "models/stories260K-hf");
  CHECK(model.worst(golden.at("teacher_forced_ids"), golden.at("teacher_forced_logits")) < 1e-4);

  const std::vector<int64_t> ids = golden.at("greedy_ids").as_ints();
  infer::Engine engine(*model.decoder, {});
  infer::Request request{};
  request.prompt = {1};
  request.sampling.temperature = 0;
  request.max_new_tokens = static_cast<int64_t>(ids.size()) - 1;
  const std::vector<int32_t> got = engine.generate(model.ctx, {request})[0][0].ids;
  REQUIRE(got.size() == ids.size() - 1);
  for (size_t i = 0; i < got.size(); ++i) CHECK(got[i] == ids[i + 1]);
}

TEST_CASE("a Llama in BF16 by transformers gives its golden logits") {
  if (!has_test_data("models/arithmetic-sequence-llama")) return;
  const std::filesystem::path directory = kTestData / "models/arithmetic-sequence-llama";
  const io::Json golden = io::read_json(directory / "golden.json");
  CHECK(Whole(directory).worst(golden.at("ids"), golden.at("logits")) < 2e-6);
}
