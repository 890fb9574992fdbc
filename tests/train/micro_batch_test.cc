#include "millet/train/micro_batch.h"

#include "tests/ops/backends.h"
#include "tests/train/small_job.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("a packed batch arrives on the device row by row") {
  on_every_backend([](Rig& rig) {
    const std::vector<data::Example> examples{{.tokens = {7, 8, 9}, .scored = {0, 1, 1}},
                                              {.tokens = {1, 2}, .scored = {0, 1}}};
    const data::PackedBatch packed = data::pack(examples, 3);
    Arena arena(rig.ctx().device());
    const train::MicroBatch micro(packed, arena);
    CHECK(rig.read_ids(micro.batch.tokens) == std::vector<int32_t>{7, 8, 1});
    CHECK(rig.read_ids(micro.batch.positions) == std::vector<int32_t>{0, 1, 0});
    CHECK(rig.read_ids(micro.batch.next) == std::vector<int32_t>{8, 9, 2});
    CHECK(micro.batch.segments.size() == 2);
    CHECK(micro.batch.segments[1].first_row == 2);
    CHECK(micro.batch.keep);
  });
}
