#include "millet/model/presets.h"

#include <doctest/doctest.h>

using namespace millet;

TEST_CASE("every preset is a possible model once it has a vocabulary and a length") {
  for (const model::Preset& p : model::presets()) {
    CAPTURE(p.name);
    model::ModelConfig c = p.config;
    if (c.vocab_size == 0) c.vocab_size = 100;
    if (c.max_position_embeddings == 0) c.max_position_embeddings = 64;
    CHECK_NOTHROW(c.check());
    CHECK(model::find_preset(p.name) == &p);
  }
  CHECK(model::find_preset("gpt-2") == nullptr);
}
