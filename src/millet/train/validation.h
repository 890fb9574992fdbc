// The loss on examples that are held out.
#pragma once

#include "millet/data/packing.h"
#include "millet/train/objective.h"
#include "millet/train/pretrain_config.h"

namespace millet::train {

// Rows of one forward of a validation, at most.
int64_t validation_batch_rows(const PretrainConfig& config);

// The batches of one forward from example `index` on, after `scored` tokens of this validation: as large as its budget,
// and no larger than train.validate_tokens asks for. Empty where the source, or what is asked for, has come to its end.
data::PackedStep validation_batch(const PretrainConfig& config, const data::Source& source, uint64_t index,
                                  int64_t scored);

struct ValidationLoss {
  double loss = 0;           // nats a token
  double bits_per_byte = 0;  // −log2 p of the text a byte of it, special tokens among what it costs; NaN: no text
};

// Mean −log p of the scored tokens of a source with an end: of all, or of the first train.validate_tokens and what is
// left of the example that holds the last of them. Throws Error where there is none.
ValidationLoss validation_loss(Context&, Objective& objective, const PretrainConfig& config,
                               const data::Source& source);

}  // namespace millet::train
