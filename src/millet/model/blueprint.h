// A model that is registered and not allocated: names, shapes and costs of the largest, before it is made.
#pragma once

#include <memory>

#include "millet/model/decoder.h"

namespace millet::model {

class Blueprint {
 public:
  explicit Blueprint(const ModelConfig& config);

  const nn::Parameters& parameters() const { return parameters_; }
  nn::Parameters& parameters() { return parameters_; }
  const Decoder& decoder() const { return decoder_; }

  int64_t weight_bytes() const;       // of all, each a buffer of its own, in four-byte values
  int64_t largest_parameter() const;  // its elements

 private:
  std::unique_ptr<Device> nowhere_;
  nn::Parameters parameters_;
  Decoder decoder_;
};

}  // namespace millet::model
