#include "millet/model/decoder.h"

#include <doctest/doctest.h>

#include <cmath>

#include "millet/data/packing.h"
#include "millet/io/json.h"
#include "millet/io/safetensors.h"
#include "millet/model/config_json.h"
#include "millet/model/directory.h"
#include "millet/model/names.h"
#include "millet/train/objective.h"
#include "tests/ops/backends.h"

using namespace millet;
using namespace millet::tests;

// Models by transformers, their logits and gradients in float64 (tests/golden/README.md).
static const std::filesystem::path kGolden = std::filesystem::path(MILLET_SOURCE_DIR) / "tests/golden";
static const std::vector<std::string> kCases = {"deepseek_v3/q_lora_groups",
                                                "deepseek_v3/no_q_lora",
                                                "deepseek_v3/yarn",
                                                "deepseek_v3/yarn_mscale",
                                                "deepseek_v3/yarn_mscale_published",
                                                "deepseek_v3/dense",
                                                "deepseek_v3/mtp",
                                                "families/llama",
                                                "families/llama_bias",
                                                "families/qwen2",
                                                "families/qwen3",
                                                "families/qwen3_moe",
                                                "families/deepseek_v2",
                                                "families/deepseek_v2_lite"};

namespace {

struct Loaded {
  io::Json expected;
  io::SafetensorsFile golden;
  model::ModelConfig config;
  nn::Parameters parameters;
  model::Decoder decoder;
  std::vector<std::vector<int32_t>> sequences;

  Loaded(const std::string& name, Device& device, DType type)
      : expected(io::read_json(kGolden / name / "case.json")),
        golden(io::SafetensorsFile::open(kGolden / name / "golden.safetensors")),
        config(model::read_directory_config(kGolden / name, Log::silent())),
        parameters(device, nn::Parameters::Mode::training, type),
        decoder(config, parameters) {
    model::load_weights(kGolden / name, config, parameters, Log::silent());
    for (const io::Json& ids : expected.at("ids").items()) {
      const auto values = ids.as_ints();
      sequences.emplace_back(values.begin(), values.end());
    }
  }

  // All sequences in one batch, every next token scored with one denominator.
  data::PackedBatch packed() const {
    std::vector<data::Example> examples;
    for (const auto& ids : sequences) {
      data::Example e{.tokens = ids, .scored = std::vector<uint8_t>(ids.size(), 1)};
      e.scored[0] = 0;
      examples.push_back(e);
    }
    return data::pack(examples, static_cast<double>(data::scored_tokens(examples)));
  }
};

std::vector<double> as_doubles(const std::vector<float>& values) {
  return {values.begin(), values.end()};
}

double relative_l2(const std::vector<double>& got, const std::vector<double>& want) {
  double difference = 0, size = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    difference += (got[i] - want[i]) * (got[i] - want[i]);
    size += want[i] * want[i];
  }
  if (size == 0) return difference == 0 ? 0 : INFINITY;  // what is exactly zero must be
  return std::sqrt(difference / size);
}

}  // namespace

TEST_CASE("logits are those of transformers to 1e-4, whole sequences packed together, on every back end") {
  for (const std::string& name : kCases) {
    CAPTURE(name);
    on_every_backend([&](Rig& rig) {
      Loaded m(name, rig.ctx().device(), DType::f32);
      std::vector<int32_t> tokens, positions;
      std::vector<nn::Segment> segments;
      for (const auto& ids : m.sequences) {
        segments.push_back(
            {.first_row = static_cast<int64_t>(tokens.size()), .rows = static_cast<int64_t>(ids.size())});
        for (size_t i = 0; i < ids.size(); ++i) {
          tokens.push_back(ids[i]);
          positions.push_back(static_cast<int32_t>(i));
        }
      }
      const auto T = static_cast<int64_t>(tokens.size());
      const nn::Batch batch{.tokens = rig.ids({T}, tokens), .positions = rig.ids({T}, positions), .segments = segments};
      model::Decoder::Pass pass(rig.ctx().device());
      m.decoder.forward(rig.ctx(), batch, pass);
      const auto got = rig.read(pass.logits);
      double worst = 0;
      for (size_t s = 0; s < m.sequences.size(); ++s) {
        const auto want = io::to_f32(m.golden.at(fmt::format("logits.{}", s)));
        const auto first = static_cast<size_t>(segments[s].first_row * m.config.vocab_size);
        for (size_t i = 0; i < want.size(); ++i)
          worst = std::max(worst, std::abs(got[first + i] - static_cast<double>(want[i])));
      }
      CHECK(worst <= 1e-4);
    });
  }
}

TEST_CASE("the loss and the gradient of every tensor are those of float64 to 1e-5") {
  for (const std::string& name : kCases) {
    CAPTURE(name);
    for (const std::string& device : {std::string("cpu"), std::string("reference"), std::string("fence")}) {
      CAPTURE(device);
      Rig rig(device, 2);
      Loaded m(name, rig.ctx().device(), DType::f32);
      const bool mtp = m.config.num_nextn_predict_layers > 0;
      train::Objective objective(
          {.mtp_weight = mtp ? m.expected.at("mtp_weight_over_main_scored").as_double() : 0.0, .balance_alpha = 0},
          m.decoder);
      const train::Losses losses =
          objective.forward_backward(rig.ctx(), m.packed(), static_cast<int64_t>(m.sequences.size()));
      CHECK(losses.main == doctest::Approx(m.expected.at("loss").as_double()).epsilon(1e-6));
      if (mtp) {
        const double scored = m.expected.at("scored").as_double(), mtp_scored = m.expected.at("mtp_scored").as_double();
        CHECK(losses.mtp * scored / mtp_scored == doctest::Approx(m.expected.at("mtp_loss").as_double()).epsilon(1e-6));
      }
      for (const model::DiskTensor& t : model::disk_tensors(m.config, m.parameters)) {
        if (t.is_copy || !m.parameters.at(t.parameter).trainable) continue;
        CAPTURE(t.name);
        const Tensor& grad = m.parameters.at(t.parameter).grad;
        const auto got = rig.read(grad.reshape({grad.elements()}).slice(0, t.offset, t.shape.elements()));
        CHECK(relative_l2(got, as_doubles(io::to_f32(m.golden.at("grad." + t.name)))) <= 1e-5);
      }
    }
  }
}

TEST_CASE("parity sees YaRN's factor of the scores: without it logits are far off") {
  Rig rig("cpu");
  Loaded m("deepseek_v3/yarn", rig.ctx().device(), DType::f32);
  model::ModelConfig wrong = m.config;
  wrong.yarn.mscale_all_dim = 0;
  wrong.yarn.mscale = 0;
  nn::Parameters parameters(rig.ctx().device(), nn::Parameters::Mode::inference);
  model::Decoder decoder(wrong, parameters);
  model::load_weights(kGolden / "deepseek_v3/yarn", wrong, parameters, Log::silent());
  const auto& ids = m.sequences.front();
  std::vector<int32_t> positions(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) positions[i] = static_cast<int32_t>(i);
  const auto T = static_cast<int64_t>(ids.size());
  const std::vector<nn::Segment> segments{{.first_row = 0, .rows = T}};
  const nn::Batch batch{.tokens = rig.ids({T}, ids), .positions = rig.ids({T}, positions), .segments = segments};
  model::Decoder::Pass pass(rig.ctx().device());
  decoder.forward(rig.ctx(), batch, pass);
  const auto got = rig.read(pass.logits);
  const auto want = as_doubles(io::to_f32(m.golden.at("logits.0")));
  double worst = 0;
  for (size_t i = 0; i < want.size(); ++i) worst = std::max(worst, std::abs(got[i] - want[i]));
  CHECK(worst > 1e-3);
}

TEST_CASE("micro-batches add up to the whole step") {
  Rig rig("cpu", 2);
  Loaded m("deepseek_v3/q_lora_groups", rig.ctx().device(), DType::f32);
  train::Objective objective({.mtp_weight = 0, .balance_alpha = 0.01}, m.decoder);
  auto gradients = [&](const std::vector<data::PackedBatch>& parts) {
    m.parameters.zero_grad();
    double loss = 0, balance = 0;
    for (const data::PackedBatch& part : parts) {
      const train::Losses l = objective.forward_backward(rig.ctx(), part, static_cast<int64_t>(m.sequences.size()));
      loss += l.main;
      balance += l.balance;
    }
    std::vector<double> all{loss, balance};
    for (const nn::Parameter& p : m.parameters) {
      const auto g = rig.read(p.grad);
      all.insert(all.end(), g.begin(), g.end());
    }
    return all;
  };
  std::vector<data::PackedBatch> parts;
  for (const auto& ids : m.sequences) {
    data::Example e{.tokens = ids, .scored = std::vector<uint8_t>(ids.size(), 1)};
    e.scored[0] = 0;
    parts.push_back(data::pack(std::vector{e}, static_cast<double>(m.expected.at("scored").as_int())));
  }
  CHECK(error(gradients(parts), gradients({m.packed()})) < 1e-6);
}
