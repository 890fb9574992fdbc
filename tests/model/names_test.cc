#include "millet/model/names.h"

#include <doctest/doctest.h>

#include <map>
#include <set>

#include "millet/model/decoder.h"
#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("the tensors on disk have DeepSeek's names, cover every weight once, and MTP's copies come last") {
  const auto device = ops::make_device("cpu");
  nn::Parameters parameters(*device, nn::Parameters::Mode::shapes);
  const model::ModelConfig config = small_config(10);
  const model::Decoder decoder(config, parameters);
  std::set<std::string> names;
  std::map<std::string, int64_t> covered;
  for (const model::DiskTensor& t : model::disk_tensors(config, parameters)) {
    CHECK(names.insert(t.name).second);
    if (!t.is_copy) covered[t.parameter] += t.shape.elements();
  }
  for (const nn::Parameter& p : parameters) CHECK(covered[p.name] == p.shape.elements());
  for (const char* name :
       {"model.embed_tokens.weight", "model.layers.0.mlp.gate_proj.weight",
        "model.layers.1.mlp.experts.3.down_proj.weight", "model.layers.1.mlp.shared_experts.up_proj.weight",
        "model.layers.1.mlp.gate.e_score_correction_bias", "model.layers.0.self_attn.kv_a_proj_with_mqa.weight",
        "model.layers.2.eh_proj.weight", "model.layers.2.shared_head.norm.weight",
        "model.layers.2.shared_head.head.weight", "model.layers.2.embed_tokens.weight", "lm_head.weight",
        "model.norm.weight"}) {
    CAPTURE(name);
    CHECK(names.contains(name));
  }
}
