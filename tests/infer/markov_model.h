// A decoder whose next token depends on the last one alone, as a table says: behaviour that a test can know.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "millet/core/error.h"
#include "millet/model/decoder.h"
#include "millet/ops/devices.h"
#include "millet/text/tokenizer.h"

namespace millet::infer {

// One-hot embeddings, blocks that add nothing, and a head that is the table: after `from`, every token of `to` is
// equally likely, anything else practically impossible.
class MarkovModel {
 public:
  explicit MarkovModel(const text::Tokenizer& tokenizer, std::string_view device_name = "cpu")
      : device(ops::make_device(device_name)),
        parameters(*device, nn::Parameters::Mode::inference),
        decoder(config(tokenizer), parameters),
        tokenizer_(tokenizer),
        head_(static_cast<size_t>(tokenizer.vocab_size()) * static_cast<size_t>(tokenizer.vocab_size()), 0.0F) {
    for (nn::Parameter& p : parameters) {
      if (p.name.ends_with("norm.weight")) set(p, std::vector<float>(static_cast<size_t>(p.shape.elements()), 1.0F));
    }
    const auto V = static_cast<size_t>(tokenizer.vocab_size());
    std::vector<float> one_hot(V * V, 0.0F);
    for (size_t v = 0; v < V; ++v) one_hot[v * V + v] = 1.0F;
    set(parameters.at("model.embed_tokens.weight"), one_hot);
  }

  // Later tokens of `to` are likelier by a hair, so that greedy decoding takes the last one.
  void follow(std::string_view from, const std::vector<std::string_view>& to) {
    const auto V = static_cast<size_t>(tokenizer_.vocab_size());
    for (size_t i = 0; i < to.size(); ++i) {
      head_[id(to[i]) * V + id(from)] = 10.0F + 1e-4F * static_cast<float>(i);
    }
    set(parameters.at("lm_head.weight"), head_);
  }

  std::unique_ptr<Device> device;
  nn::Parameters parameters;
  model::Decoder decoder;

 private:
  static model::ModelConfig config(const text::Tokenizer& tokenizer) {
    model::ModelConfig c;
    c.vocab_size = c.hidden_size = tokenizer.vocab_size();
    c.intermediate_size = 4;
    c.num_hidden_layers = 1;
    c.first_k_dense_replace = 1;
    c.num_attention_heads = 1;
    c.kv_lora_rank = c.qk_nope_head_dim = c.qk_rope_head_dim = c.v_head_dim = 2;
    c.max_position_embeddings = 256;
    return c;
  }
  size_t id(std::string_view token) const { return static_cast<size_t>(tokenizer_.id_of(token).value()); }
  void set(nn::Parameter& p, const std::vector<float>& values) {
    from_host(*device, values, p.value);
    p.touch();
  }

  const text::Tokenizer& tokenizer_;
  std::vector<float> head_;  // [V, H]
};

}  // namespace millet::infer
