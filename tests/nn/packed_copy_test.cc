#include "millet/nn/packed_copy.h"

#include <doctest/doctest.h>

#include "tests/nn/gradient.h"

using namespace millet;
using namespace millet::tests;

TEST_CASE("the copy is made once a version, and not at all where it is not wanted") {
  on_every_backend([](Rig& rig) {
    nn::Parameters parameters(rig.ctx().device(), nn::Parameters::Mode::inference);
    nn::Parameter& w = parameters.add("w", {7, 9}, nn::Role::matrix);
    randomise(parameters, 1);
    nn::PackedCopy copy;
    CHECK(copy.of(rig.ctx(), w, false).packed.empty());
    const ConstTensor first = copy.of(rig.ctx(), w, true).packed;
    const auto before = to_host<uint8_t>(rig.ctx().device(), first);
    rig.ctx().device().zero(const_cast<void*>(first.data()), static_cast<size_t>(first.bytes()));
    const auto unchanged = to_host<uint8_t>(rig.ctx().device(), copy.of(rig.ctx(), w, true).packed);
    CHECK(unchanged == std::vector<uint8_t>(unchanged.size(), 0));
    w.touch();
    CHECK(to_host<uint8_t>(rig.ctx().device(), copy.of(rig.ctx(), w, true).packed) == before);
  });
}
