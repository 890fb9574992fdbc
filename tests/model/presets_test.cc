#include "millet/model/presets.h"

#include <doctest/doctest.h>

using namespace millet;

TEST_CASE("every preset is a possible model once it has a vocabulary") {
  for (const model::Preset& p : model::presets()) {
    CAPTURE(p.name);
    model::ModelConfig c = p.config;
    if (c.vocab_size == 0) c.vocab_size = 100;
    CHECK_NOTHROW(c.check());
    CHECK(model::find_preset(p.name) == &p);
  }
  CHECK(model::find_preset("gpt-2") == nullptr);
}
