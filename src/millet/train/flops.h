// What passes through a model cost, in operations.
#pragma once

#include <span>

#include "millet/data/packing.h"
#include "millet/model/decoder.h"

namespace millet::train {

// Of one forward over these segments. With its backward: three times that.
double forward_flops(const model::Decoder& model, std::span<const data::PackedSegment> segments, bool mtp);

}  // namespace millet::train
