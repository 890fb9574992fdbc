#include "millet/model/architecture.h"

#include <doctest/doctest.h>

#include "millet/core/error.h"

using namespace millet;
using model::Architecture;

TEST_CASE("a family is found by its model_type, and has the row of its number") {
  for (const model::ArchitectureRow& row : model::architectures()) {
    CHECK(model::find_architecture(row.model_type) == row.id);
    CHECK(&model::row_of(row.id) == &row);
  }
  CHECK(model::find_architecture("kimi_k2") == Architecture::deepseek_v3);
}

TEST_CASE("what is known and not supported is refused with its reason, what is unknown with what there is") {
  CHECK_THROWS_WITH_AS(
      model::find_architecture("deepseek_v32"),
      "model_type is 'deepseek_v32': DeepSeek-V3.2 is not supported, its sparse attention chooses keys by an indexer "
      "of its own",
      Error);
  CHECK_THROWS_WITH_AS(
      model::find_architecture("bert"),
      "model_type is 'bert': supported are deepseek_v3, deepseek_v2, llama, qwen2, qwen3, qwen3_moe, mimo and kimi_k2",
      Error);
}
